# Get-Content reads the lines that are there.
. "$PSScriptRoot\common.ps1"
$lines = @(Get-Content (Get-Maps))
$expected = @([IO.File]::ReadAllLines("$PWD\expected.txt"))
if (Compare-Object $lines $expected -CaseSensitive -SyncWindow 0) {
  throw 'Get-Content differs'
}
$names = (Get-ChildItem "$drive\proc" -Directory).Name
if ($names -notcontains (Get-Content target.pid)) { throw 'it is not listed' }
"$($lines.Length) lines"
