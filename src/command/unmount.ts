import { Errno } from '../../provider/errno.ts'
import { complain } from '../message.ts'
import { examples, type Register } from './command.ts'

export const registerUnmount: Register = (program, exit) => {
  program
    .command('unmount')
    .description('Unmount the tree, also one whose server was killed')
    .argument('<point>', 'where it is mounted')
    .addHelpText('after', examples('winprocfs unmount mnt'))
    .action(async (point: string) => {
      const { unmount } = await import('../unmount.ts')
      try {
        if (process.platform === 'win32')
          throw new Errno(
            'ENOSYS',
            'on Windows a mount ends with its server: press Ctrl-C there',
          )
        unmount(point)
      } catch (error) {
        complain(point, error)
        exit(1)
      }
    })
}
