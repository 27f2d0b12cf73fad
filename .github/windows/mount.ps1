# Mounts P:, and leaves the server running: its pid is in mount.pid.
. "$PSScriptRoot\common.ps1"
$server = Start-Server
Set-Content mount.pid $server.Id -NoNewline
Get-ChildItem "$drive\proc" | Select-Object -First 5
