import {
  taskDocuments,
  type DocumentName,
  type TaskDocumentName,
} from '../../../fs/document/index.ts'
import type { Task } from '../../../provider/contract.ts'
import type { Dialect } from '../../../provider/space/labels.ts'
import { failing, told, type About } from '../told.ts'

const mapsLine =
  /^[0-9a-f]{8,16}-[0-9a-f]{8,16} [r-][w-][x-][ps] [0-9a-f]{8,16} [0-9a-f]{2,}:[0-9a-f]{2,} \d+ (?: *[^ ].*)?$/s

/** Where names begin (fs/proc/task_mmu.c:show_map_vma). */
const nameAt = 73

/** Whether a line is one of maps; its name may be nothing but blanks. */
const isMapsLine = (line: string): boolean =>
  mapsLine.test(line.length > nameAt ? `${line}.` : line)

/** What each text looks like in the dialect of Linux. */
const forms = {
  auxv: () => true,
  cmdline: () => true,
  comm: text => text.endsWith('\n'),
  crash: text => /^(?:\w+:\t[^\n]+\n)*$/.test(text),
  environ: () => true,
  fdinfo: text => /^(?:[^\n]+\n)*$/.test(text),
  maps: text =>
    text
      .split('\n')
      .every((line, at, { length }) =>
        at === length - 1 ? line === '' : isMapsLine(line),
      ),
  mounts: text => /^(?:(?:[^ \n]+ ){4}0 0\n)*$/.test(text),
  smaps: text =>
    text
      .split('\n')
      .filter(line => line !== '' && !/^\w+: /.test(line))
      .every(isMapsLine),
  stat: text => /^\d+ \(.*\) [A-Za-z](?: -?\d+){49}\n$/s.test(text),
  statm: text => /^\d+(?: \d+){6}\n$/.test(text),
  status: text => /^(?:\w+:\t[^\n]*\n)*$/.test(text),
} as const satisfies Record<TaskDocumentName, (text: string) => boolean>

/** Of a system; of the others no more is asked than that they can be read. */
const systemForms: {
  readonly [name in DocumentName]?: (text: string) => boolean
} = {
  version: text => /^[^\n]*\n?$/.test(text),
}

/** Whether a text looks as one of its document in the dialect of Linux. */
export const isFormed = (document: DocumentName, text: string): boolean =>
  ({ ...systemForms, ...forms })[document]?.(text) ?? true

const views = [
  ['linux', true],
  ['linux', false],
  ['cygwin', true],
] as const

const names = Object.keys(taskDocuments) as TaskDocumentName[]

const print = (
  name: TaskDocumentName,
  task: Task,
  dialect: Dialect,
  trusted: boolean,
): string | undefined =>
  told(() =>
    [
      ...taskDocuments[name](task, { dialect, paths: 'mixed' }, { trusted }),
    ].join(''),
  )

/** Every document of a task prints, or is refused by an Errno. */
const aboutTask = (task: Task): string[] =>
  names.flatMap(name => {
    const [text] = views.map(([dialect, trusted]) =>
      print(name, task, dialect, trusted),
    )
    const holds = text === undefined || forms[name](text)
    return failing([[`${name} of ${task.tid}: ${text}`, holds]])
  })

/** Of a process and of the first of its threads. */
export const aboutTexts: About = process => {
  const thread = told(() => process.thread(Number(process.tids()[0])))
  return [process, ...(thread ? [thread] : [])].flatMap(aboutTask)
}

/** The same name in all that tells it. */
export const aboutNames: About = process => {
  const comm = told(() => process.comm?.())
  const stat = told(() => process.stat?.())
  const status = told(() => process.status?.())
  const named = [comm, stat?.comm, status?.['Name']].filter(
    name => name !== undefined,
  )
  return failing([
    [`has one name, unescaped: ${named.join()}`, new Set(named).size <= 1],
    ['stat has its pid', (stat?.pid ?? process.pid) === process.pid],
    ['its state is a letter', /^[A-Za-z]$/.test(stat?.state ?? 'S')],
  ])
}
