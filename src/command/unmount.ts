import { complain } from '../message.ts'
import { unmount } from '../unmount.ts'
import { examples, type Register } from './command.ts'

export const registerUnmount: Register = (program, exit) => {
  program
    .command('unmount')
    .description('Unmount the tree: on Linux also one whose server was killed')
    .argument('<point>', 'where it is mounted: a directory, a drive letter')
    .addHelpText(
      'after',
      examples(
        'winprocfs unmount mnt',
        'winprocfs unmount P:',
        String.raw`winprocfs unmount \\winprocfs\proc`,
      ),
    )
    .action(async (point: string) => {
      try {
        await unmount(point)
      } catch (error) {
        complain(point, error)
        exit(1)
      }
    })
}
