import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/theme'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { Problem } from '@/api/problem'
import { loadMe } from '@/api/session'
import { pages } from '@/ui/pages'
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
/** What the first page needs is asked for at once, not one after the other; what fails is asked for again by the router. */
const first = pages.find((page) => location.pathname.startsWith(page.path))
void Promise.allSettled([loadTexts('common', 'words', ...(first?.texts ?? [])), loadMe(), first?.component()]).then(
  () => app.use(router).mount('#app'),
)
