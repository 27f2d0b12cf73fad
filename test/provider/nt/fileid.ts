import t from 'tap'
import { BY_HANDLE_FILE_INFORMATION } from '../../../provider/nt/fileid.ts'

t.test('a BY_HANDLE_FILE_INFORMATION as Windows lays it out', t => {
  const hex =
    '20000000' + // FILE_ATTRIBUTE_ARCHIVE
    '00803ed5deb19d01' + // 1970
    '0000000000000000' +
    '0000000000000000' +
    '414345ee' +
    '01000000' +
    '02000000' +
    '03000000' +
    '04000500' +
    'aa550600'
  t.equal(BY_HANDLE_FILE_INFORMATION.size, hex.length / 2)
  const bytes = Uint8Array.from(Buffer.from(hex, 'hex'))
  const info = BY_HANDLE_FILE_INFORMATION.view(new DataView(bytes.buffer))
  t.equal(info.dwFileAttributes, 0x20)
  t.equal(info.ftCreationTime, 116_444_736_000_000_000)
  t.equal(info.dwVolumeSerialNumber, 0xee454341)
  t.equal(info.nFileSizeHigh, 1)
  t.equal(info.nFileSizeLow, 2)
  t.equal(info.nNumberOfLinks, 3)
  t.equal(info.nFileIndexHigh, 0x5_0004)
  t.equal(info.nFileIndexLow, 0x6_55aa)
  t.end()
})
