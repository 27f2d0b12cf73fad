# Starts a process and suspends it, so that all read the same: its pid is in
# target.pid.
. "$PSScriptRoot\common.ps1"
$target = Start-Process node -PassThru -WindowStyle Hidden `
  -ArgumentList '-e', '"setInterval(() => {}, 1e6)"'
Start-Sleep -Seconds 3
Add-Type -Namespace Native -Name Ntdll -MemberDefinition @'
[DllImport("ntdll.dll")] public static extern int NtSuspendProcess(IntPtr process);
'@
$status = [Native.Ntdll]::NtSuspendProcess($target.Handle)
if ($status -ne 0) { throw "NtSuspendProcess: $status" }
Set-Content target.pid $target.Id -NoNewline
