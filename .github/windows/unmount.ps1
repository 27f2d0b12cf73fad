# Has the server of mount.ps1 end: when that is told, it and the drive are gone.
. "$PSScriptRoot\common.ps1"
node dist/src/cli.js unmount $drive
if ($LASTEXITCODE -ne 0) { throw 'unmount' }
if (Get-Process -ErrorAction SilentlyContinue -Id (Get-Content mount.pid)) {
  throw 'the server is there'
}
if (Test-Path "$drive\") { throw 'the drive is there' }
