import type { Sentences } from './texts'

/** The sentences' files, each loaded when its page is opened. The field page has its own way: pages/field/text_files.ts */
export const textFiles = import.meta.glob<Sentences>('../locales/*/*.json', { import: 'default' })
