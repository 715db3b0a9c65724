import type { recipe } from './messages/en/recipe'
import type { Part } from './parts'
import { nvidiaParts } from './ready-parts-nvidia'
import type { OsType } from './terms'

/** Keys of `messages.recipe.ready`, which has their names and what they are good for. */
export type ReadyPartId = keyof typeof recipe.ready
/** What installs software on a system. */
export type SystemFamily = 'apt' | 'dnf' | 'windows'
type Ready = Pick<Part, 'script' | 'check'> & { reboot?: true }

const tls = '[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12'
const mounted = 'systemctl is-enabled batch-data && blobfuse2 --version'
const cleaned = ['rm -rf /tmp/* /var/tmp/*', 'journalctl --vacuum-size=10M || true']

/** Parts for common needs, for each family of systems that they work on. Each may run again and again. */
export const readyParts: Record<ReadyPartId, Partial<Record<SystemFamily, Ready>>> = {
  update: {
    apt: {
      script: lines('apt-get update', 'apt-get -y -oDpkg::Options::=--force-confold dist-upgrade'),
      check: 'test ! -e /var/run/reboot-required',
      reboot: true,
    },
    dnf: { script: 'dnf -y upgrade', check: 'dnf -q check-update', reboot: true },
    windows: {
      script: windowsUpdate(),
      check:
        "if (Test-Path 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired') { exit 1 }",
      reboot: true,
    },
  },
  compilers: {
    apt: apt(['build-essential', 'cmake', 'git'], 'gcc --version && cmake --version && git --version'),
    dnf: dnf(['gcc', 'gcc-c++', 'make', 'cmake', 'git'], 'gcc --version && cmake --version && git --version'),
    windows: {
      script: windowsProgram('https://aka.ms/vs/17/release/vs_BuildTools.exe', [
        '--quiet',
        '--wait',
        '--norestart',
        '--nocache',
        '--add Microsoft.VisualStudio.Workload.VCTools',
        '--includeRecommended',
      ]),
      check:
        'Get-Item "${env:ProgramFiles(x86)}\\Microsoft Visual Studio\\*\\BuildTools\\VC\\Tools\\MSVC\\*" | Out-Null',
    },
  },
  python: {
    apt: apt(['python3', 'python3-pip', 'python3-venv'], 'python3 --version && pip3 --version'),
    dnf: dnf(['python3', 'python3-pip'], 'python3 --version && pip3 --version'),
    windows: {
      script: windowsProgram('https://www.python.org/ftp/python/3.12.8/python-3.12.8-amd64.exe', [
        '/quiet',
        'InstallAllUsers=1',
        'PrependPath=1',
        'Include_test=0',
      ]),
      check: '& "$env:ProgramFiles\\Python312\\python.exe" --version',
    },
  },
  dotnet: {
    apt: linuxDotnet(),
    dnf: linuxDotnet(),
    windows: {
      script: lines(
        tls,
        'Invoke-WebRequest -UseBasicParsing -Uri https://dot.net/v1/dotnet-install.ps1 -OutFile "$env:TEMP\\dotnet-install.ps1"',
        '& "$env:TEMP\\dotnet-install.ps1" -Channel 8.0 -InstallDir "$env:ProgramFiles\\dotnet"',
        onPath('$env:ProgramFiles\\dotnet'),
      ),
      check: '& "$env:ProgramFiles\\dotnet\\dotnet.exe" --list-runtimes',
    },
  },
  java: {
    apt: apt(['default-jre-headless'], 'java -version'),
    dnf: dnf(['java-17-openjdk-headless'], 'java -version'),
    windows: {
      script: windowsPackage('https://aka.ms/download-jdk/microsoft-jdk-21-windows-x64.msi'),
      check: '& "$((Get-Item "$env:ProgramFiles\\Microsoft\\jdk-21*")[0].FullName)\\bin\\java.exe" --version',
    },
  },
  node: {
    apt: apt(['nodejs', 'npm'], 'node --version && npm --version'),
    dnf: dnf(['nodejs', 'npm'], 'node --version && npm --version'),
    windows: {
      script: windowsPackage('https://nodejs.org/dist/v22.12.0/node-v22.12.0-x64.msi'),
      check: '& "$env:ProgramFiles\\nodejs\\node.exe" --version',
    },
  },
  ffmpeg: {
    apt: apt(['ffmpeg'], 'ffmpeg -version'),
    dnf: dnf(['epel-release', 'ffmpeg-free'], 'ffmpeg -version'),
    windows: {
      script: windowsArchive(
        'https://www.gyan.dev/ffmpeg/builds/ffmpeg-release-essentials.zip',
        'ffmpeg',
        'ffmpeg.exe',
      ),
      check: '& "$env:ProgramFiles\\ffmpeg\\ffmpeg.exe" -version',
    },
  },
  blender: {
    apt: apt(['blender'], 'blender --version'),
    dnf: {
      script: lines(
        'dnf -y install tar xz libX11 libXxf86vm libXfixes libXi libXrender libXkbcommon libSM libICE mesa-libGL',
        'mkdir -p /opt/blender',
        'curl -fsSL https://download.blender.org/release/Blender4.2/blender-4.2.5-linux-x64.tar.xz | tar -xJ -C /opt/blender --strip-components=1',
        'ln -sf /opt/blender/blender /usr/local/bin/blender',
      ),
      check: '/usr/local/bin/blender --version',
    },
    windows: {
      script: windowsPackage('https://download.blender.org/release/Blender4.2/blender-4.2.5-windows-x64.msi'),
      check: '& "$env:ProgramFiles\\Blender Foundation\\Blender 4.2\\blender.exe" --version',
    },
  },
  containers: {
    windows: {
      script: 'Install-WindowsFeature -Name Containers',
      check: 'if (-not (Get-WindowsFeature -Name Containers).Installed) { exit 1 }',
      reboot: true,
    },
  },
  docker: {
    apt: apt(['docker.io'], 'docker --version && systemctl is-enabled docker', 'systemctl enable --now docker'),
    dnf: {
      script: lines(
        'dnf -y install dnf-plugins-core',
        'dnf config-manager --add-repo https://download.docker.com/linux/rhel/docker-ce.repo',
        'dnf -y install docker-ce docker-ce-cli containerd.io',
        'systemctl enable --now docker',
      ),
      check: 'docker --version && systemctl is-enabled docker',
    },
    windows: windowsDocker(),
  },
  nvidia: nvidiaParts,
  azcopy: {
    apt: linuxAzcopy(),
    dnf: linuxAzcopy(),
    windows: {
      script: windowsArchive('https://aka.ms/downloadazcopy-v10-windows', 'azcopy', 'azcopy.exe'),
      check: '& "$env:ProgramFiles\\azcopy\\azcopy.exe" --version',
    },
  },
  mount: {
    apt: {
      script: lines(
        '. /etc/os-release',
        'curl -fsSL -o /tmp/microsoft.deb "https://packages.microsoft.com/config/$ID/$VERSION_ID/packages-microsoft-prod.deb"',
        'dpkg -i /tmp/microsoft.deb',
        'apt-get update',
        'apt-get -y install blobfuse2',
        mountAtStart(),
      ),
      check: mounted,
    },
    dnf: {
      script: lines(
        '. /etc/os-release',
        'rpm -q packages-microsoft-prod || dnf -y install "https://packages.microsoft.com/config/rhel/${VERSION_ID%%.*}/packages-microsoft-prod.rpm"',
        'dnf -y install blobfuse2',
        mountAtStart(),
      ),
      check: mounted,
    },
    windows: {
      script: lines(
        '# Storage account and container with the data, and where nodes find it.',
        "$source = 'https://ACCOUNT.blob.core.windows.net/CONTAINER'",
        "$folder = 'C:\\batch-data'",
        'New-Item -ItemType Directory -Force -Path $folder | Out-Null',
        '$program = "$env:ProgramFiles\\azcopy\\azcopy.exe"',
        "$line = \"& '$program' login --identity; & '$program' sync '$source' '$folder' --recursive\"",
        '$action = New-ScheduledTaskAction -Execute powershell.exe -Argument "-NoProfile -Command `"$line`""',
        '$trigger = New-ScheduledTaskTrigger -AtStartup',
        "Register-ScheduledTask -TaskName 'batch-data' -Action $action -Trigger $trigger -User SYSTEM -RunLevel Highest -Force | Out-Null",
      ),
      check: "Get-ScheduledTask -TaskName 'batch-data' | Out-Null",
    },
  },
  clean: {
    apt: {
      script: lines('apt-get -y autoremove', 'apt-get clean', 'rm -rf /var/lib/apt/lists/*', ...cleaned),
      check: 'test -z "$(ls /var/cache/apt/archives/*.deb 2>/dev/null)"',
    },
    dnf: {
      script: lines('dnf -y autoremove', 'dnf clean all', ...cleaned),
      check: 'test -z "$(ls /var/cache/dnf/*/packages/*.rpm 2>/dev/null)"',
    },
    windows: {
      script: lines(
        'Dism.exe /Online /Cleanup-Image /StartComponentCleanup',
        'Get-ChildItem "$env:TEMP", "$env:SystemRoot\\Temp" | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue',
        'Clear-RecycleBin -Force -ErrorAction SilentlyContinue',
        '$global:LASTEXITCODE = 0',
      ),
      check: 'if ((Get-PSDrive C).Free -lt 2GB) { exit 1 }',
    },
  },
}

/** A part of the recipe from a ready one, called as `name` says; null where there is none for this family. */
export function readyPart(id: ReadyPartId, family: SystemFamily, name: string): Part | null {
  const ready = readyParts[id][family]
  return ready
    ? { id, name, files: [], script: ready.script, reboot: ready.reboot ?? false, check: ready.check, skip: false }
    : null
}

/** What installs software on a VM from a Marketplace image. */
export function familyOf({
  osType,
  publisher,
  offer,
}: {
  osType: OsType
  publisher: string
  offer: string
}): SystemFamily {
  if (osType === 'Windows') return 'windows'
  const isRpm = /redhat|rhel|centos|openlogic|alma|rocky|resf|oracle|suse/i.test(`${publisher} ${offer}`)
  return isRpm ? 'dnf' : 'apt'
}

function lines(...all: string[]): string {
  return all.join('\n')
}

function apt(packages: string[], check: string, ...after: string[]): Ready {
  return { script: lines('apt-get update', `apt-get -y install ${packages.join(' ')}`, ...after), check }
}

/** One after the other: a package may bring the source of the next. */
function dnf(packages: string[], check: string): Ready {
  return { script: lines(...packages.map((name) => `dnf -y install ${name}`)), check }
}

/** Microsoft Learn, "dotnet-install scripts reference". */
function linuxDotnet(): Ready {
  return {
    script: lines(
      'curl -fsSL -o /tmp/dotnet-install.sh https://dot.net/v1/dotnet-install.sh',
      'bash /tmp/dotnet-install.sh --channel 8.0 --install-dir /usr/share/dotnet',
      'ln -sf /usr/share/dotnet/dotnet /usr/local/bin/dotnet',
    ),
    check: '/usr/local/bin/dotnet --list-runtimes',
  }
}

function linuxAzcopy(): Ready {
  return {
    script: lines(
      'mkdir -p /opt/azcopy',
      'curl -fsSL https://aka.ms/downloadazcopy-v10-linux | tar -xz -C /opt/azcopy --strip-components=1',
      'ln -sf /opt/azcopy/azcopy /usr/local/bin/azcopy',
    ),
    check: '/usr/local/bin/azcopy --version',
  }
}

/** Mounts a container when a node starts, in the name of its pool's managed identity (Microsoft Learn, "What is BlobFuse?"). */
function mountAtStart(): string {
  return lines(
    '# Storage account and container with the data, and where nodes find it.',
    'account=ACCOUNT',
    'container=CONTAINER',
    'folder=/mnt/batch-data',
    'cat > /etc/blobfuse2.yaml <<END',
    'allow-other: true',
    'components: [libfuse, file_cache, attr_cache, azstorage]',
    'file_cache:',
    '  path: /var/cache/blobfuse2',
    'azstorage:',
    '  type: block',
    '  account-name: $account',
    '  container: $container',
    '  mode: msi',
    'END',
    'cat > /etc/systemd/system/batch-data.service <<END',
    '[Unit]',
    'Description=Data for tasks',
    'After=network-online.target',
    'Wants=network-online.target',
    '[Service]',
    'Type=forking',
    'ExecStartPre=/bin/mkdir -p $folder /var/cache/blobfuse2',
    'ExecStart=/usr/bin/blobfuse2 mount $folder --config-file=/etc/blobfuse2.yaml',
    'ExecStop=/usr/bin/blobfuse2 unmount $folder',
    'Restart=on-failure',
    'RestartSec=20',
    '[Install]',
    'WantedBy=multi-user.target',
    'END',
    'systemctl daemon-reload',
    'systemctl enable batch-data',
  )
}

/** By Microsoft's own script, which is done only once the feature is there (Microsoft Learn, "Get started: Prep Windows for containers"). */
function windowsDocker(): Ready {
  return {
    script: lines(
      tls,
      "if (-not (Get-WindowsFeature -Name Containers).Installed) { throw 'Docker needs the Windows feature Containers: add that ready-made part before this one.' }",
      '$file = "$env:TEMP\\install-docker-ce.ps1"',
      'Invoke-WebRequest -UseBasicParsing -Uri https://raw.githubusercontent.com/microsoft/Windows-Containers/Main/helpful_tools/Install-DockerCE/install-docker-ce.ps1 -OutFile $file',
      '& $file -NoRestart',
      'Remove-Item -Path $file -Force',
    ),
    check: '& "$env:SystemRoot\\System32\\docker.exe" version',
  }
}

function windowsProgram(url: string, options: string[]): string {
  return lines(
    tls,
    '$file = "$env:TEMP\\ready-part.exe"',
    `Invoke-WebRequest -UseBasicParsing -Uri ${url} -OutFile $file`,
    ...started('$file', options.map((option) => `'${option}'`).join(', ')),
  )
}

function windowsPackage(url: string): string {
  return lines(
    tls,
    '$file = "$env:TEMP\\ready-part.msi"',
    `Invoke-WebRequest -UseBasicParsing -Uri ${url} -OutFile $file`,
    ...started('msiexec.exe', "'/i', \"`\"$file`\"\", '/quiet', '/norestart'"),
  )
}

/** 3010: installed, and a restart is due (Windows Installer, error codes). */
function started(program: string, options: string): string[] {
  return [
    `$made = Start-Process -FilePath ${program} -ArgumentList ${options} -Wait -PassThru`,
    'Remove-Item -Path $file -Force -ErrorAction SilentlyContinue',
    'if ($made.ExitCode -ne 0 -and $made.ExitCode -ne 3010) { exit $made.ExitCode }',
  ]
}

/** Unpacks a program's folder, wherever it lies in the archive. */
function windowsArchive(url: string, name: string, program: string): string {
  return lines(
    tls,
    `$file = "$env:TEMP\\${name}.zip"`,
    `$there = "$env:TEMP\\${name}"`,
    `Invoke-WebRequest -UseBasicParsing -Uri ${url} -OutFile $file`,
    'Expand-Archive -Path $file -DestinationPath $there -Force',
    `$found = @(Get-ChildItem -Path $there -Recurse -Filter ${program})[0]`,
    `New-Item -ItemType Directory -Force -Path "$env:ProgramFiles\\${name}" | Out-Null`,
    `Copy-Item -Path "$($found.Directory.FullName)\\*" -Destination "$env:ProgramFiles\\${name}" -Recurse -Force`,
    'Remove-Item -Path $file, $there -Recurse -Force',
    onPath(`$env:ProgramFiles\\${name}`),
  )
}

function onPath(folder: string): string {
  return lines(
    `$folder = "${folder}"`,
    "$path = [Environment]::GetEnvironmentVariable('Path', 'Machine')",
    "if (($path -split ';') -notcontains $folder) { [Environment]::SetEnvironmentVariable('Path', \"$path;$folder\", 'Machine') }",
  )
}

/** Windows lets nobody install updates over a remote session, so the system itself does it (Microsoft Learn, "Using WUA from a remote computer"). */
function windowsUpdate(): string {
  return lines(
    '$log = "$env:ProgramData\\ready-part-update.log"',
    '$script = "$env:ProgramData\\ready-part-update.ps1"',
    'Remove-Item -Path $log -Force -ErrorAction SilentlyContinue',
    "@'",
    '$session = New-Object -ComObject Microsoft.Update.Session',
    '$found = $session.CreateUpdateSearcher().Search("IsInstalled=0 and IsHidden=0 and Type=\'Software\'").Updates',
    '$found | ForEach-Object { $_.Title }',
    'if ($found.Count -eq 0) { exit 0 }',
    '$found | ForEach-Object { $_.AcceptEula() }',
    '$loader = $session.CreateUpdateDownloader()',
    '$loader.Updates = $found',
    '$loader.Download() | Out-Null',
    '$installer = $session.CreateUpdateInstaller()',
    '$installer.Updates = $found',
    '$result = $installer.Install().ResultCode',
    '"Result: $result"',
    '# 2: succeeded, 3: succeeded with errors (OperationResultCode).',
    'if ($result -ne 2 -and $result -ne 3) { exit 1 }',
    "'@ | Set-Content -Path $script",
    '$action = New-ScheduledTaskAction -Execute powershell.exe -Argument "-NoProfile -ExecutionPolicy Bypass -Command `"& \'$script\' *> \'$log\'; exit `$LASTEXITCODE`""',
    "Register-ScheduledTask -TaskName 'ready-part-update' -Action $action -User SYSTEM -RunLevel Highest -Force | Out-Null",
    "Start-ScheduledTask -TaskName 'ready-part-update'",
    "while ((Get-ScheduledTask -TaskName 'ready-part-update').State -eq 'Running') { Start-Sleep -Seconds 5 }",
    "$code = (Get-ScheduledTaskInfo -TaskName 'ready-part-update').LastTaskResult",
    "Unregister-ScheduledTask -TaskName 'ready-part-update' -Confirm:$false",
    'Get-Content -Path $log -ErrorAction SilentlyContinue',
    'exit $code',
  )
}
