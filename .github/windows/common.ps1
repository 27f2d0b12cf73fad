# What the other scripts of this folder share.
$ErrorActionPreference = 'Stop'
$drive = 'P:'

# Waits until it holds; fails after that many seconds.
function Wait-Until([scriptblock] $Holds, [string] $What, [int] $Seconds = 30) {
  $end = (Get-Date).AddSeconds($Seconds)
  while (-not (& $Holds)) {
    if ((Get-Date) -gt $end) { throw "${What}: not within $Seconds s" }
    Start-Sleep -Milliseconds 100
  }
}

# Starts the server in a console of its own, and waits for the drive.
function Start-Server {
  $server = Start-Process node -PassThru -WindowStyle Hidden `
    -ArgumentList 'dist/src/cli.js', 'mount', $drive `
    -RedirectStandardOutput mount.out -RedirectStandardError mount.err
  # without it the exit code is lost
  $null = $server.Handle
  Wait-Until { $server.HasExited -or (Test-Path "$drive\proc") } 'the drive'
  if ($server.HasExited) {
    Get-Content mount.out, mount.err
    throw "the server ended with $($server.ExitCode)"
  }
  $server
}

# Both have the same bytes.
function Assert-Same([byte[]] $Found, [byte[]] $Expected, [string] $What) {
  $a = [BitConverter]::ToString($Found)
  $b = [BitConverter]::ToString($Expected)
  if ($a -cne $b) {
    throw "${What}: $($Found.Length) bytes differ from $($Expected.Length)"
  }
  "${What}: $($Found.Length) bytes"
}

# The lines to compare with, and the file on the drive that must hold them.
function Get-Expected { , [IO.File]::ReadAllBytes("$PWD\expected.txt") }
function Get-Maps { "$drive\proc\$(Get-Content target.pid)\maps" }
