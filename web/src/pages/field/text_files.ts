import type { Sentences } from '@/ui/texts'

const own = import.meta.glob<Sentences>('../../locales/*/{common,words,field}.json', { import: 'default', eager: true })

/** As ui/text_files.ts, for phones that cannot load a part later: what the field page says is all in its one file. */
export const textFiles: Record<string, () => Promise<Sentences>> = Object.fromEntries(
  Object.entries(own).map(([path, said]) => [path.replace('../../', '../'), () => Promise.resolve(said)]),
)
