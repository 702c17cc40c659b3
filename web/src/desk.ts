import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/theme'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { Problem } from '@/api/problem'
import { language, loadTexts } from '@/ui/texts'
import App from './App.vue'
import { router } from './router'

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (count, error) => count < 3 && error instanceof Problem && error.passing,
    },
  },
})

document.documentElement.lang = language.value
const app = createApp(App).use(VueQueryPlugin, { queryClient })
void loadTexts('common', 'words').then(() => app.use(router).mount('#app'))
