import '@/offline/older'
import '@/ui/tokens.css'
import '@/ui/base.css'
import '@/pages/field/field.css'
import '@/ui/theme'
import { createApp } from 'vue'
import { keepShell } from '@/offline/shell'
import Field from '@/pages/field/Field.vue'
import { language, loadTexts, recall } from '@/ui/texts'

document.documentElement.lang = language.value
document.documentElement.classList.toggle('elder', recall('gridcall.elder') === 'yes')
keepShell()
void loadTexts('common', 'words', 'field').then(() => createApp(Field).mount('#app'))
