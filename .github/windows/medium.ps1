# A reader of medium integrity, without an administrator's rights, on the drive
# of an elevated server: it may list, read what all may know, and read itself,
# but no maps of an elevated process.
. "$PSScriptRoot\common.ps1"
$target = Get-Content target.pid
# a folder that it may write to, which the workspace need not be
$folder = "$PWD\medium"
$null = New-Item -ItemType Directory $folder
icacls $folder /grant '*S-1-1-0:(OI)(CI)F'
$out = "$folder\out.txt"
Set-Content "$folder\read.cmd" @"
@echo off
whoami /groups > "$out"
dir P:\proc > nul && echo listed>> "$out"
type P:\proc\$target\stat > nul && echo told>> "$out"
type P:\proc\self\maps > nul && echo own>> "$out"
type P:\proc\$target\maps > nul 2> "$out.refused" || echo refused>> "$out"
type "$out.refused" >> "$out"
echo end>> "$out"
"@
runas /trustlevel:0x20000 "cmd /c $folder\read.cmd"
Wait-Until { (Test-Path $out) -and (Get-Content $out -Tail 1) -eq 'end' } 'it'
$lines = Get-Content $out
$lines
if ($lines -match 'S-1-16-12288') { throw 'it ran with high integrity' }
foreach ($word in 'listed', 'told', 'own', 'refused', 'Access is denied.') {
  if ($lines -notcontains $word) { throw "not $word" }
}
