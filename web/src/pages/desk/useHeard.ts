import { onScopeDispose, ref, watch } from 'vue'

const PAUSE_MS = 900
const LONGEST_MS = 5000
const MOST = 2000

export interface Heard {
  text: string
  phone: string
  category: string
}

/**
 * 边听边查: what has been written so far, for the questions that are asked meanwhile: after a pause of typing, and
 * every five seconds where there is none, so that the first answer is there long before the 15 seconds of the rule.
 */
export function useHeard(form: Record<string, unknown>) {
  const heard = ref<Heard>(now())
  let pause: ReturnType<typeof setTimeout> | undefined
  let longest: ReturnType<typeof setTimeout> | undefined

  function now(): Heard {
    const text = [form['title'], form['text']].filter(Boolean).join('\n').trim().slice(0, MOST)
    return { text, phone: String(form['phone'] ?? '').trim(), category: String(form['category'] ?? '') }
  }

  function take(): void {
    clearTimeout(pause)
    clearTimeout(longest)
    longest = undefined
    heard.value = now()
  }

  watch([() => form['text'], () => form['phone'], () => form['title'], () => form['category']], () => {
    clearTimeout(pause)
    pause = setTimeout(take, PAUSE_MS)
    longest ??= setTimeout(take, LONGEST_MS)
  })
  onScopeDispose(() => {
    clearTimeout(pause)
    clearTimeout(longest)
  })
  return heard
}
