import { readdirSync } from 'node:fs'
import type { KernelStat, Process, System, Uptime } from '../contract.ts'
import { codeOf, Errno } from '../errno.ts'
import { decode } from '../text.ts'
import { named, opened, readOnce } from './file.ts'
import { parseKernelStat } from './kernelstat.ts'
import { idsOf, isId } from './names.ts'
import { openProcess } from './process.ts'
import { statusField } from './status.ts'

const malformed = (name: string): never => {
  throw new Errno('EIO', `${name}: malformed`)
}

const seconds = /^(\d+\.\d+) (\d+\.\d+)\n$/
const type = /^(nodev)?\t(.+)$/

const vanished = new Set(['ENOENT', 'ESRCH'])

/** The system whose /proc is at `root`. */
export class LinuxSystem implements System {
  private readonly root: string
  private readonly spans: boolean

  constructor(root: string, spans: boolean) {
    this.root = root
    this.spans = spans
  }

  private text(name: string): string {
    try {
      return opened(`${this.root}/${name}`, fd => decode(readOnce(fd)))
    } catch (thrown) {
      throw named(thrown)
    }
  }

  /** Those that the mount options of /proc (hidepid) let us see. */
  pids(): number[] {
    try {
      return idsOf(readdirSync(this.root))
    } catch (thrown) {
      throw named(thrown)
    }
  }

  process(pid: number, start?: bigint): Process {
    return openProcess(this.root, pid, this.spans, start)
  }

  leader(tid: number): number | undefined {
    if (!isId(tid)) return undefined
    try {
      return opened(`${this.root}/${tid}/status`, fd => {
        const leader = Number(statusField(readOnce(fd), 'Tgid'))
        return isId(leader) ? leader : malformed('status')
      })
    } catch (thrown) {
      if (vanished.has(codeOf(thrown) ?? '')) return undefined
      throw named(thrown)
    }
  }

  stat(): KernelStat {
    return parseKernelStat(this.text('stat'))
  }

  uptime(): Uptime {
    const [, up, idle] = seconds.exec(this.text('uptime')) ?? []
    if (up === undefined || idle === undefined) return malformed('uptime')
    return { up: Number(up), idle: Number(idle) }
  }

  version(): string {
    const text = this.text('version')
    return text.endsWith('\n') ? text.slice(0, -1) : malformed('version')
  }

  filesystems(): { name: string; nodev: boolean }[] {
    const lines = this.text('filesystems').split('\n')
    if (lines.pop() !== '') malformed('filesystems')
    return lines.map(line => {
      const [, nodev, name] = type.exec(line) ?? malformed('filesystems')
      return { name: name as string, nodev: nodev !== undefined }
    })
  }
}
