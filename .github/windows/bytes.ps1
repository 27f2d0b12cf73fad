# .NET: bytes, the size that an open file tells, reads out of order, a memory
# map.
. "$PSScriptRoot\common.ps1"
$path = Get-Maps
$expected = Get-Expected
Assert-Same ([IO.File]::ReadAllBytes($path)) $expected 'ReadAllBytes'

$file = [IO.File]::OpenRead($path)
try {
  if ($file.Length -ne $expected.Length) { throw "size $($file.Length)" }
  $found = [byte[]]::new($expected.Length)
  $step = 1000
  for ($at = $expected.Length - ($expected.Length % $step); $at -ge 0; $at -= $step) {
    $null = $file.Seek($at, 'Begin')
    $count = [Math]::Min($step, $expected.Length - $at)
    for ($done = 0; $done -lt $count; $done += $read) {
      $read = $file.Read($found, $at + $done, $count - $done)
      if ($read -eq 0) { throw "nothing at $at" }
    }
  }
  Assert-Same $found $expected 'pieces from the end'
} finally { $file.Dispose() }

$map = [IO.MemoryMappedFiles.MemoryMappedFile]::CreateFromFile(
  [IO.File]::OpenRead($path), $null, 0, 'Read', 'None', $false)
try {
  $view = $map.CreateViewAccessor(0, $expected.Length, 'Read')
  $found = [byte[]]::new($expected.Length)
  $null = $view.ReadArray(0, $found, 0, $found.Length)
  Assert-Same $found $expected 'memory map'
} finally { $map.Dispose() }
