/** 与上一期、去年同期比较: the same question of the period just before, and of the same months a year ago. */
import { useQuery } from '@tanstack/vue-query'
import { computed, type ComputedRef } from 'vue'
import { notify, ok } from '@/api/client'
import { language } from '@/ui/texts'
import type { Figures, GroupRow, Question } from './question'

type Asked = Question['asked']['value']
export interface Period {
  name: 'before' | 'lastYear'
  from: string
  to: string
  total?: Figures
  rows: GroupRow[]
}

/** Both periods; none while nothing is compared. The stock of now (D) knows no period and is compared with nothing. */
export function useCompare(question: Question) {
  const { before, lastYear, compare, view } = question
  const on = computed(() => compare.value && view.value !== 'D')
  const periods = [one('before', before), one('lastYear', lastYear)]
  return computed<Period[]>(() => (on.value ? periods.map((period) => period.value) : []))

  function one(name: Period['name'], asked: ComputedRef<Asked>): ComputedRef<Period> {
    const found = useQuery({
      queryKey: computed(() => ['groups', asked.value, view.value, question.by.value, language.value]),
      queryFn: () =>
        ok(
          notify.GET('/reports/completion', {
            params: { query: { ...asked.value, view: view.value, by: question.by.value } },
          }),
        ),
      enabled: on,
    })
    return computed(() => ({
      name,
      from: asked.value.from,
      to: asked.value.to,
      total: found.data.value?.total,
      rows: found.data.value?.rows ?? [],
    }))
  }
}
