# node and winprocfs below Program Files: the task of `install --boot`, started
# by hand, mounts a drive that is there for all; `uninstall` takes it away.
. "$PSScriptRoot\common.ps1"
$folder = "$Env:ProgramFiles\winprocfs"
$null = New-Item -ItemType Directory $folder
Copy-Item (Get-Command node).Source "$folder\node.exe"
Copy-Item -Recurse dist, node_modules, package.json $folder
& "$folder\node.exe" "$folder\dist\src\cli.js" install --yes --boot P:
if ($LASTEXITCODE -ne 0) { throw 'install --boot' }
schtasks /Run /TN winprocfs
if ($LASTEXITCODE -ne 0) { throw 'schtasks' }
Wait-Until { Test-Path "$drive\proc" } 'the drive of the task'
& "$folder\node.exe" "$folder\dist\src\cli.js" doctor
