# Mounts P:, and ends the server by what its console tells it, or kills it: it
# ends, and within 5 s the drive has, too.
param(
  [Parameter(Mandatory)][ValidateSet('CtrlC', 'CtrlBreak', 'Close', 'Kill')] $How
)
. "$PSScriptRoot\common.ps1"
$server = Start-Server

# In a process of its own, since it has to leave its console for the server's.
$script = @'
Add-Type -Namespace Native -Name Console -MemberDefinition @"
[DllImport("kernel32.dll")] public static extern bool FreeConsole();
[DllImport("kernel32.dll")] public static extern bool AttachConsole(uint process);
[DllImport("kernel32.dll")] public static extern IntPtr GetConsoleWindow();
[DllImport("kernel32.dll")] public static extern bool SetConsoleCtrlHandler(IntPtr handler, bool add);
[DllImport("kernel32.dll")] public static extern bool GenerateConsoleCtrlEvent(uint kind, uint group);
[DllImport("user32.dll")] public static extern bool PostMessageW(IntPtr window, uint message, IntPtr a, IntPtr b);
"@
$null = [Native.Console]::FreeConsole()
if (-not [Native.Console]::AttachConsole(SERVER)) { exit 2 }
$null = [Native.Console]::SetConsoleCtrlHandler([IntPtr]::Zero, $true)
$sent = switch ('HOW') {
  'CtrlC' { [Native.Console]::GenerateConsoleCtrlEvent(0, 0) }
  'CtrlBreak' { [Native.Console]::GenerateConsoleCtrlEvent(1, 0) }
  'Close' {
    [Native.Console]::PostMessageW(
      [Native.Console]::GetConsoleWindow(), 0x10, [IntPtr]::Zero, [IntPtr]::Zero)
  }
}
if (-not $sent) { exit 3 }
exit 0
'@
if ($How -eq 'Kill') { $script = 'Stop-Process -Force -Id SERVER' }
$script.Replace('SERVER', "$($server.Id)").Replace('HOW', $How) |
  Set-Content signal.ps1
$sender = Start-Process pwsh -PassThru -WindowStyle Hidden `
  -ArgumentList '-NoProfile', '-File', 'signal.ps1'
$null = $sender.Handle

try {
  Wait-Until { $server.HasExited } "the end by $How" 20
  Wait-Until { -not (Test-Path "$drive\") } 'the end of the drive' 5
  "$How ended it with $($server.ExitCode)"
} finally {
  if (-not $server.HasExited) {
    if ($sender.HasExited) { "the sender ended with $($sender.ExitCode)" }
    Stop-Process -Force -Id $server.Id
  }
}
