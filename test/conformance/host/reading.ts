import * as fs from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lines, stamped } from '../../fixtures/stamped.ts'
import { lseek, Whence } from '../../rig/libc.ts'
import { outcomeOf } from '../../rig/outcome.ts'
import { opened, pread, readAll, readRest } from '../../rig/reads.ts'
import { atRest } from '../../rig/rest.ts'
import type { Bench } from './kind.ts'

const sizes = [1, 7, 64, 4095, 4096, 65536]

/** The walks that a text, or a part of one, is of. */
const walksOf = (text: string): Set<string> =>
  new Set(text.match(/(?<=\/walk\/)\d+(?=\n)/g))

/** Field 14 of stat: clock ticks in user mode. */
const utimeOf = (text: string): number =>
  Number(text.slice(text.lastIndexOf(')')).split(' ')[12])

const burn = (milliseconds: number): void => {
  const until = performance.now() + milliseconds
  while (performance.now() < until) continue
}

export const readingCases = ({ t, needs, live, fixed }: Bench): void => {
  t.test('reads of any size make up the same text', needs, async t => {
    const { proc } = await fixed()
    const whole = fs.readFileSync(`${proc}/1000/maps`)
    t.match(whole.toString(), /^[0-9a-f]{8,}-[0-9a-f]{8,} /)
    for (const name of ['maps', 'stat', 'cmdline', 'environ']) {
      const path = `${proc}/1000/${name}`
      const whole = fs.readFileSync(path)
      for (const size of sizes)
        t.ok(readAll(path, size).equals(whole), `${name} by ${size}`)
    }
  })

  t.test(
    'as does this machine’s own, equal to the kernel’s',
    needs,
    async t => {
      const { proc } = await live()
      const still = spawn('sleep', ['60'])
      await once(still, 'spawn')
      await atRest(still.pid as number)
      const whole = fs.readFileSync(`/proc/${still.pid}/maps`)
      t.ok(whole.length > 500)
      for (const size of sizes) {
        const ours = readAll(`${proc}/${still.pid}/maps`, size)
        t.equal(ours.toString(), whole.toString(), `by ${size}`)
      }
      still.kill()
    },
  )

  t.test('a size of 0 is told, and all is there', needs, async t => {
    const { proc } = await fixed()
    const path = `${proc}/1000/maps`
    t.equal(fs.statSync(path).size, 0)
    const whole = fs.readFileSync(path, 'latin1')
    opened(path, fd => {
      t.equal(fs.fstatSync(fd).size, 0)
      t.equal(pread(fd, 100, 50), whole.slice(50, 150), 'pread')
      t.equal(pread(fd, 100, whole.length), '', 'at the end')
      t.equal(pread(fd, 100, 1e9), '', 'far behind it')
    })
  })

  t.test('a read of a page or more ends where a line does', needs, async t => {
    const { proc } = await fixed()
    const ends = opened(`${proc}/${stamped.pid}/maps`, fd => {
      const page = Buffer.alloc(4096)
      const ends: (number | undefined)[] = []
      for (;;) {
        const length = fs.readSync(fd, page)
        if (length === 0) return ends
        ends.push(page[length - 1])
      }
    })
    t.ok(ends.length > 3)
    t.same(new Set(ends), new Set([0x0a]))
  })

  t.test('one walk makes up a text, however it is read', needs, async t => {
    const { proc } = await fixed()
    for (const size of [64, 4095, 4096, 65536]) {
      const text = readAll(`${proc}/${stamped.pid}/maps`, size).toString()
      t.equal(text.split('\n').length, lines + 1)
      t.equal(walksOf(text).size, 1, `by ${size}`)
    }
  })

  t.test(
    'a read that goes on where the last one ended is of its walk',
    needs,
    async t => {
      const { proc } = await fixed()
      opened(`${proc}/${stamped.pid}/maps`, fd => {
        const first = pread(fd, 4096, 0)
        const second = pread(fd, 4096, first.length)
        t.equal(walksOf(first + second).size, 1)
        const jumped = pread(fd, 4096, 0)
        t.not([...walksOf(jumped)][0], [...walksOf(first)][0], 'offset 0')
        const behind = pread(fd, 4096, 8192)
        t.notOk(
          walksOf(behind).has([...walksOf(jumped)][0] as string),
          'a jump',
        )
        const on = pread(fd, 4096, 8192 + behind.length)
        t.equal(walksOf(behind + on).size, 1)
      })
    },
  )

  t.test('a seek alone makes no new text', needs, async t => {
    const { proc } = await fixed()
    opened(`${proc}/${stamped.pid}/maps`, fd => {
      const first = Buffer.alloc(4096)
      const end = fs.readSync(fd, first)
      t.equal(lseek(fd, 0, Whence.set), 0)
      t.equal(lseek(fd, end, Whence.set), end)
      const text = first.toString('latin1', 0, end)
      t.equal(walksOf(text + readRest(fd, 4096).toString()).size, 1)
    })
  })

  t.test('two descriptors have a text each', needs, async t => {
    const { proc } = await fixed()
    const path = `${proc}/${stamped.pid}/maps`
    opened(path, one =>
      opened(path, other => {
        const [a, b] = [pread(one, 4096, 0), pread(other, 4096, 0)]
        t.not([...walksOf(a)][0], [...walksOf(b)][0])
        const on = pread(one, 4096, a.length)
        t.equal(walksOf(a + on).size, 1)
      }),
    )
  })

  t.test(
    'what has not changed is read the same after a seek',
    needs,
    async t => {
      const { proc } = await fixed()
      opened(`${proc}/1000/maps`, fd => {
        const first = readRest(fd, 4096)
        lseek(fd, 0, Whence.set)
        t.ok(readRest(fd, 4096).equals(first))
      })
    },
  )

  t.test(
    'pread at 0 of a descriptor that is kept tells of now',
    needs,
    async t => {
      const { proc } = await live()
      opened(`${proc}/${process.pid}/stat`, fd => {
        const before = utimeOf(pread(fd, 4096, 0))
        burn(60)
        t.ok(utimeOf(pread(fd, 4096, 0)) > before)
      })
    },
  )

  t.test('uptime never goes back, and goes on', needs, async t => {
    const { proc } = await live()
    opened(`${proc}/uptime`, fd => {
      const seen = Array.from({ length: 200 }, () => {
        lseek(fd, 0, Whence.set)
        const [up = 0, idle = 0] = readRest(fd, 64)
          .toString()
          .split(' ')
          .map(Number)
        burn(0.2)
        return { up, idle }
      })
      const back = seen.filter(({ up, idle }, index) => {
        const before = seen[index - 1]
        return before && (up < before.up || idle < before.idle)
      })
      t.same(back, [])
      t.ok((seen.at(-1)?.up ?? 0) > (seen[0]?.up ?? 0))
    })
  })

  t.test('a seek to the end of a text that nobody has is 0', needs, async t => {
    const { proc } = await fixed()
    opened(`${proc}/1000/maps`, fd => {
      // the kernel's own says EINVAL; it does not ask a FUSE server
      t.equal(lseek(fd, 0, Whence.end), 0)
      t.equal(lseek(fd, 100, Whence.set), 100)
      t.equal(lseek(fd, 20, Whence.current), 120)
    })
  })

  t.test('many read the same file at the same time', needs, async t => {
    const { proc } = await fixed()
    const path = `${proc}/1000/maps`
    const whole = fs.readFileSync(path, 'utf8')
    const texts = await Promise.all(
      Array.from({ length: 64 }, () => fs.promises.readFile(path, 'utf8')),
    )
    t.same(new Set(texts), new Set([whole]))
    t.equal(
      outcomeOf(() => fs.readFileSync(path, 'utf8')),
      whole,
    )
  })
}
