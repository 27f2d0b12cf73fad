/**
 * How a Windows path is printed. `mixed`: `C:/Windows/x.dll`, which every
 * program on the machine can open; `windows`: `C:\Windows\x.dll`; `cygwin`:
 * `/cygdrive/c/Windows/x.dll`; `msys`: `/c/Windows/x.dll`; `wsl`:
 * `/mnt/c/Windows/x.dll`.
 */
export type PathStyle = 'mixed' | 'windows' | 'cygwin' | 'msys' | 'wsl'
