/** Where Microsoft keeps the drivers that it may pass on, by the PCI device that they are for. */
const gridDrivers = {
  /** Tesla T4 of NCasT4_v3. */
  DEV_1EB8:
    'https://download.microsoft.com/download/0f21fd13-2390-4c79-876a-87ae3dc724c6/596.86_grid_win10_win11_server2022_server2025_dch_64bit_international_azure_swl.exe',
  /** A10 of NVadsA10_v5. */
  DEV_2236:
    'https://download.microsoft.com/download/e9a86343-1981-4ac8-883a-49bf5e2c4d18/574.24_grid_win10_win11_server2022_dch_server2025_64bit_international_azure_swl.exe',
}
const noGpu = 'This VM has no NVIDIA GPU. Choose a size of the N series for the build VM.'
const onlyWithGpu = `lspci | grep -qi nvidia || { echo '${noGpu}' >&2; exit 1; }`

/**
 * NVIDIA's drivers, as Microsoft wants them installed (Microsoft Learn, "Install NVIDIA GPU drivers on N-series VMs running Linux" and
 * "… Windows"). Each ends at once where the build VM has no such GPU, and is proved by `nvidia-smi` after the restart.
 */
export const nvidiaParts = {
  apt: {
    script: [
      onlyWithGpu,
      '. /etc/os-release',
      '[ "$ID" = ubuntu ] || { echo "Microsoft describes this way for Ubuntu only." >&2; exit 1; }',
      'apt-get update',
      'apt-get -y install ubuntu-drivers-common',
      'ubuntu-drivers install',
    ].join('\n'),
    check: 'nvidia-smi',
    reboot: true,
  },
  dnf: {
    script: [
      onlyWithGpu,
      '. /etc/os-release',
      'major=${VERSION_ID%%.*}',
      'dnf -y install "https://dl.fedoraproject.org/pub/epel/epel-release-latest-$major.noarch.rpm"',
      'dnf -y install kernel-devel kernel-headers dkms',
      'curl -fsSL -o /etc/yum.repos.d/cuda.repo "https://developer.download.nvidia.com/compute/cuda/repos/rhel$major/x86_64/cuda-rhel$major.repo"',
      'dnf -y install cuda-drivers',
    ].join('\n'),
    check: 'nvidia-smi',
    reboot: true,
  },
  windows: {
    script: [
      '[Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12',
      "$gpu = @(Get-CimInstance Win32_PnPEntity | Where-Object { $_.DeviceID -like 'PCI\\VEN_10DE*' })[0]",
      `if (-not $gpu) { throw '${noGpu}' }`,
      '$url = $null',
      ...Object.entries(gridDrivers).map(
        ([device, url]) => `if ($gpu.DeviceID -match '${device}') { $url = '${url}' }`,
      ),
      'if (-not $url) { throw "Microsoft passes on no driver for $($gpu.DeviceID). Its page names the one of NVIDIA." }',
      '$file = "$env:TEMP\\nvidia-driver.exe"',
      'Invoke-WebRequest -UseBasicParsing -Uri $url -OutFile $file',
      "$made = Start-Process -FilePath $file -ArgumentList '-s', '-noeula', '-noreboot' -Wait -PassThru",
      'Remove-Item -Path $file -Force -ErrorAction SilentlyContinue',
      'if ($made.ExitCode -ne 0) { exit $made.ExitCode }',
    ].join('\n'),
    check: '& "$env:SystemRoot\\System32\\nvidia-smi.exe"',
    reboot: true,
  },
} as const
