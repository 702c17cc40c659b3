import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/ui/theme'
import { createApp } from 'vue'
import { language, loadTexts } from '@/ui/texts'
import Field from '@/pages/field/Field.vue'

document.documentElement.lang = language.value
void loadTexts('common', 'words', 'field').then(() => createApp(Field).mount('#app'))
