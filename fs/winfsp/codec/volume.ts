import { Errno } from '../../../provider/errno.ts'
import { VolumeFlag } from './flags.ts'
import { allocationUnit, sectorSize } from './info.ts'
import { longestName } from './limits.ts'
import { VolumeParams } from './structures.ts'
import { putText } from './utf16.ts'

/** What a volume of generated text is. */
export const textFlags =
  VolumeFlag.CasePreservedNames |
  VolumeFlag.UnicodeOnDisk |
  VolumeFlag.PersistentAcls |
  VolumeFlag.ReparsePoints |
  VolumeFlag.ReadOnlyVolume |
  VolumeFlag.PostCleanupWhenModifiedOnly |
  VolumeFlag.PassQueryDirectoryFileName |
  VolumeFlag.FlushAndPurgeOnCleanup |
  VolumeFlag.DirectoryMarkerAsNextOffset

export interface Params {
  /** A sum of VolumeFlag. */
  readonly flags: number
  /** The name of the kind of file system, 15 units at most. */
  readonly name: string
  /** `\server\share` of a network file system, 191 units at most. */
  readonly prefix?: string | undefined
  readonly serial: number
  /** FILETIME. */
  readonly created: bigint
  /** Milliseconds that what is told of a file may be kept; 0: never. */
  readonly fileInfoTimeout: number
  /** Milliseconds that a request may wait to be taken up, 60,000 at least. */
  readonly irpTimeout: number
  /** Requests that may wait, 100 to 1000. */
  readonly irpCapacity: number
}

/** Units of the arrays, less their NUL. */
const longestPrefix = 191
const longestSystemName = 15

/** As the driver asks of one: two names at least, each after one backslash. */
const prefixForm = /^(?:\\[^\\]+){2,}$/

/**
 * FSP_FSCTL_VOLUME_PARAMS. All other timeouts are that of files. EINVAL for
 * a prefix that the driver would refuse, ENAMETOOLONG.
 */
export const volumeParams = ({
  flags,
  name,
  prefix = '',
  serial,
  created,
  fileInfoTimeout,
  irpTimeout,
  irpCapacity,
}: Params): Uint8Array => {
  if (name.length > longestSystemName || prefix.length > longestPrefix)
    throw new Errno('ENAMETOOLONG')
  if (prefix !== '' && !prefixForm.test(prefix))
    throw new Errno('EINVAL', `${prefix}: not of the form \\server\\share`)
  const bytes = new Uint8Array(VolumeParams.size)
  const data = new DataView(bytes.buffer)
  const params = VolumeParams.view(data)
  params.Version = VolumeParams.size
  params.SectorSize = sectorSize
  params.SectorsPerAllocationUnit = allocationUnit / sectorSize
  params.MaxComponentLength = longestName
  params.VolumeCreationTime = created
  params.VolumeSerialNumber = serial
  params.IrpTimeout = irpTimeout
  params.IrpCapacity = irpCapacity
  params.FileInfoTimeout = fileInfoTimeout
  params.Flags = flags
  putText(data, VolumeParams.fields.Prefix[0], prefix)
  putText(data, VolumeParams.fields.FileSystemName[0], name)
  return bytes
}
