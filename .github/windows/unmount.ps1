# Kills the server of mount.ps1: the drive goes with it.
. "$PSScriptRoot\common.ps1"
Stop-Process -Force -Id (Get-Content mount.pid)
Wait-Until { -not (Test-Path "$drive\") } 'the end of the drive' 5
