import type { BaseFile, GuestDisk } from './guest-disk'
import type { Distribution } from './guest-distributions'
import { gpuPrograms } from './guest-programs-gpu'

/** A package as the practice mirror has it. `programs`: what can be run afterwards; others only answer `--version`. */
export type Package = { name: string; version: string; kib: number; needs: string[]; programs: string[] }

/** Virtual time of one package, so that progress can be seen. */
export const packageMs = 250

type Row = [name: string, version: string, kib: number, needs?: string, programs?: string]

/** On every image. */
export const basePackages: Row[] = [
  ['base-files', '13ubuntu10.3', 72],
  ['bash', '5.2.21-2ubuntu4', 794],
  ['ca-certificates', '20240203', 160],
  ['cloud-init', '25.1.4', 600],
  ['coreutils', '9.4-3ubuntu6', 1413],
  ['curl', '8.5.0-2ubuntu10.6', 227],
  ['gzip', '1.12-1', 99],
  ['openssh-server', '1:9.6p1-3ubuntu13.14', 510],
  ['openssl', '3.0.13-0ubuntu3.5', 1003],
  ['python3', '3.12.3-0ubuntu2', 24],
  ['rsync', '3.2.7-1ubuntu1.2', 437, '', 'rsync'],
  ['sudo', '1.9.15p5-3ubuntu5', 947],
  ['systemd', '255.4-1ubuntu8.8', 3475],
  ['tar', '1.35+dfsg-3build1', 254],
  ['vim', '2:9.1.0016-1ubuntu7.8', 1881],
  ['walinuxagent', '2.11.1.4-0ubuntu0.24.04.1', 440],
  ['wget', '1.21.4-1ubuntu4.1', 334],
]

/** What can be installed. Versions are those of Ubuntu 24.04. */
const mirror: Row[] = [
  [
    'blender',
    '4.0.2+dfsg-1ubuntu8',
    27_304,
    'libopenimageio2.4t64 libopencolorio2.1t64 libopenvdb10.0t64 libavcodec60',
    'blender',
  ],
  ['ffmpeg', '7:6.1.1-3ubuntu5', 1_844, 'libavcodec60 libavformat60 libavfilter9', 'ffmpeg ffprobe ffplay'],
  ['imagemagick', '8:6.9.12.98+dfsg1-5.2build2', 12, 'libmagickcore-6.q16-7t64', 'convert identify mogrify'],
  ['povray', '1:3.7.0.10-3', 1_120, 'libboost-thread1.83.0', 'povray'],
  ['build-essential', '12.10ubuntu1', 5, 'gcc g++ make libc6-dev dpkg-dev'],
  ['gcc', '4:13.2.0-7ubuntu1', 5, 'gcc-13', 'gcc cc'],
  ['gcc-13', '13.3.0-6ubuntu2~24.04', 20_900, 'cpp-13 binutils', 'gcc-13'],
  ['gcc-c++', '11.5.0-5', 13_000, 'gcc', 'g++'],
  ['g++', '4:13.2.0-7ubuntu1', 1, 'g++-13', 'g++ c++'],
  ['g++-13', '13.3.0-6ubuntu2~24.04', 11_900, '', 'g++-13'],
  ['gfortran', '4:13.2.0-7ubuntu1', 1, '', 'gfortran'],
  ['gcc-gfortran', '11.5.0-5', 12_000, 'gcc', 'gfortran'],
  ['make', '4.3-4.1build2', 180, '', 'make'],
  ['cmake', '3.28.3-1build7', 11_200, 'cmake-data', 'cmake ctest'],
  ['ninja-build', '1.11.1-2', 129, '', 'ninja'],
  ['git', '1:2.43.0-1ubuntu7.3', 3_680, 'git-man', 'git'],
  ['jq', '1.7.1-3build1', 65, 'libjq1', 'jq'],
  ['unzip', '6.0-28ubuntu4.1', 174, '', 'unzip'],
  ['zip', '3.0-13ubuntu0.2', 176, '', 'zip'],
  ['p7zip-full', '16.02+transitional.1', 5, '', '7z'],
  ['xz-utils', '5.6.1+really5.4.5-1ubuntu0.2', 267, '', 'xz'],
  ['bzip2', '1.0.8-5.1build0.1', 34, '', 'bzip2'],
  ['zstd', '1.5.5+dfsg2-2build1.1', 644, '', 'zstd'],
  ['htop', '3.3.0-4build1', 171, '', 'htop'],
  ['tmux', '3.4-1ubuntu0.1', 478, '', 'tmux'],
  ['screen', '4.9.1-1build1', 655, '', 'screen'],
  ['nano', '7.2-2ubuntu0.1', 281],
  ['python3-pip', '24.0+dfsg-1ubuntu1.3', 1_320, 'python3-wheel', 'pip pip3'],
  ['python3-venv', '3.12.3-0ubuntu2', 1],
  ['python3-dev', '3.12.3-0ubuntu2', 27, '', 'python3-config'],
  ['python-is-python3', '3.11.4-1', 3, '', 'python'],
  ['nodejs', '18.19.1+dfsg-6ubuntu5', 307, 'libnode109', 'node nodejs'],
  ['npm', '9.2.0~ds1-2', 408, 'nodejs', 'npm npx'],
  ['golang-go', '2:1.22~2build1', 44, 'golang-1.22-go', 'go gofmt'],
  ['golang', '1.22.9-2', 900, '', 'go gofmt'],
  ['rustc', '1.75.0+dfsg0ubuntu1', 3_200, '', 'rustc'],
  ['cargo', '1.75.0+dfsg0ubuntu1', 5_400, 'rustc', 'cargo'],
  ['default-jre-headless', '2:1.21-75+exp1', 3, 'openjdk-21-jre-headless', 'java'],
  ['default-jdk', '2:1.21-75+exp1', 1, 'openjdk-21-jdk', 'javac'],
  ['r-base', '4.3.3-2build2', 45, 'r-base-core', 'R Rscript'],
  ['R', '4.5.0-1', 45, '', 'Rscript'],
  ['octave', '8.4.0-1build5', 9_800, '', 'octave'],
  ['dotnet-sdk-8.0', '8.0.119-0ubuntu1', 128_000, 'dotnet-runtime-8.0', 'dotnet'],
  ['dotnet-runtime-8.0', '8.0.19-0ubuntu1', 24_000, '', 'dotnet'],
  ['docker.io', '27.5.1-0ubuntu3', 33_000, 'containerd runc', 'docker'],
  ['ubuntu-drivers-common', '1:0.9.7.6ubuntu3.2', 60, '', 'ubuntu-drivers'],
  ['nvidia-utils-580-server', '580.95.05-0ubuntu0.24.04.2', 520, '', 'nvidia-smi'],
  ['nvidia-driver-580-server', '580.95.05-0ubuntu0.24.04.2', 490, 'nvidia-utils-580-server'],
  ['podman', '4.9.3+ds1-1ubuntu0.2', 13_000, 'conmon', 'podman'],
  ['openmpi-bin', '4.1.6-7ubuntu2', 116, 'libopenmpi3t64', 'mpirun mpiexec'],
  ['openmpi', '4.1.1-7.el9', 6_800, '', 'mpirun mpiexec'],
  ['mpich', '4.2.0-5build3', 198, '', 'mpichversion'],
  ['nfs-common', '1:2.6.4-3ubuntu5.1', 248, 'rpcbind', 'showmount mount.nfs'],
  ['nfs-utils', '1:2.5.4-34.el9', 430, 'rpcbind', 'showmount mount.nfs'],
  ['cifs-utils', '2:7.0-2ubuntu0.2', 96, '', 'mount.cifs'],
  ['blobfuse2', '2.5.0', 18_000, 'fuse3', 'blobfuse2'],
  ['fuse3', '3.14.0-5build1', 25, 'libfuse3-3', 'fusermount3'],
  ['azcopy', '10.30.1', 21_000, '', 'azcopy'],
  ['azure-cli', '2.76.0-1~noble', 58_000, '', 'az'],
  ['apt-transport-https', '2.8.3', 4],
  ['software-properties-common', '0.99.49.2', 14],
  ['lsb-release', '12.0-2', 7],
  ['gnupg', '2.4.4-2ubuntu17.3', 360, '', 'gpg'],
  ['nginx', '1.24.0-2ubuntu7.5', 521, '', 'nginx'],
  ['postgresql-client', '16+257build1.1', 12, '', 'psql'],
  ['sqlite3', '3.45.1-1ubuntu2.5', 144, '', 'sqlite3'],
  ['net-tools', '2.10-0.1ubuntu4.4', 204, '', 'ifconfig netstat'],
  ['tree', '2.1.1-2ubuntu3', 47, '', 'tree'],
  ['time', '1.9-0.2build1', 43],
  ['parallel', '20231122+ds-1', 1_900, '', 'parallel'],
  ['epel-release', '9-7.el9', 19],
  ['dnf-plugins-core', '4.3.0-24.el9', 37],
  ['dnf-utils', '4.3.0-24.el9', 37],
  ['yum-utils', '4.3.0-24.el9', 37],
  ['stress-ng', '0.17.06-1build1', 2_400, '', 'stress-ng'],
  ['fonts-dejavu', '2.37-8', 4],
  ['texlive', '2023.20240207-1', 14, 'texlive-latex-base', 'pdflatex'],
]

/** Families whose members are not listed one by one. */
const families =
  /^(lib[a-z0-9][a-z0-9.+_-]*|(python3|fonts|texlive|golang|openjdk|java|gcc|g\+\+|clang|llvm|linux|kernel|r-cran|ruby|php|perl|xserver|xfce4|mesa|nvidia|cuda|postgresql|mariadb|openmpi|boost|gstreamer1?|qt[56]|vim|emacs|rpcbind|containerd|runc|conmon|binutils|cpp|dpkg|git|cmake|glibc|libreoffice)[a-z0-9.+_-]*|[a-z0-9][a-z0-9.+_-]*-(dev|devel|doc|dbg|utils|tools|headers|common|data|libs))$/

/** A package of the mirror; null when there is none of this name. */
export function findPackage(name: string, distribution: Distribution): Package | null {
  const row = mirror.find(([one]) => one === name) ?? basePackages.find(([one]) => one === name)
  if (row) return packageOf(row, distribution)
  if (!families.test(name)) return null
  const kib = 40 + (Math.abs(hash(name)) % 900)
  return packageOf([name, `1.${Math.abs(hash(name)) % 20}.${name.length % 10}-1`, kib], distribution)
}

export function packageListOf(distribution: Distribution, rows: Row[]): Package[] {
  return rows.map((row) => packageOf(row, distribution))
}

/** Files of the base image that list what is installed. */
export function packageFiles({ tool }: Distribution, list: Package[]): BaseFile[] {
  const folder = tool === 'apt' ? '/var/lib/dpkg' : '/var/lib/rpm'
  return [
    { path: folder },
    { path: listFile(tool), text: list.map((one) => stanza(one)).join('\n') },
    ...(tool === 'apt'
      ? [
          { path: '/var/lib/apt' },
          { path: '/var/lib/apt/lists' },
          { path: '/var/cache/apt' },
          { path: '/var/cache/apt/archives' },
        ]
      : [{ path: '/var/cache/dnf' }]),
  ]
}

/** Everything that is installed, by name; read from the disk. */
export function installedPackages(
  disk: GuestDisk,
  distribution: Distribution,
): Map<string, { version: string; kib: number }> {
  const text = disk.readText(listFile(distribution.tool)) ?? ''
  const found = new Map<string, { version: string; kib: number }>()
  for (const part of text.split(/\n\n+/)) {
    const name = /^Package: (.+)$/m.exec(part)?.[1]
    if (name === undefined || !/^Status: install ok installed$/m.test(part)) continue
    found.set(name, {
      version: /^Version: (.+)$/m.exec(part)?.[1] ?? '',
      kib: Number(/^Installed-Size: (\d+)$/m.exec(part)?.[1] ?? 0),
    })
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The packages with everything they need that is not there yet, in the order in which they are set up. */
export function resolvePackages(
  names: string[],
  installed: ReadonlySet<string>,
  distribution: Distribution,
): Package[] {
  const wanted = new Map<string, Package>()
  const add = (name: string) => {
    if (installed.has(name) || wanted.has(name)) return
    const found = findPackage(name, distribution)
    if (!found) return
    for (const need of found.needs) add(need)
    wanted.set(name, found)
  }
  for (const name of names) add(name)
  return [...wanted.values()]
}

/** Puts packages onto the disk or takes them off: the list, and the programs' files. @throws GuestError when the disk is full */
export function changePackages(
  disk: GuestDisk,
  distribution: Distribution,
  { add = [], remove = [] }: { add?: Package[]; remove?: string[] },
): void {
  const root = { mode: 0o755, uid: 0, gid: 0, mtimeMs: disk.now() }
  for (const { name, version, programs } of add) {
    for (const program of programs)
      disk.write(`/usr/bin/${program}`, Buffer.from(programScript(program, version)), root)
    if (!disk.tree.find(`/usr/share/doc/${name}`)) disk.makeFolder(`/usr/share/doc/${name}`, root)
  }
  for (const name of remove) {
    const programs = findPackage(name, distribution)?.programs ?? []
    for (const path of [...programs.map((program) => `/usr/bin/${program}`), `/usr/share/doc/${name}`])
      if (disk.tree.find(path, false)) disk.remove(path)
  }
  const file = listFile(distribution.tool)
  const gone = new Set([...remove, ...add.map(({ name }) => name)])
  const kept = (disk.readText(file) ?? '').split(/\n\n+/).filter((part) => {
    const name = /^Package: (.+)$/m.exec(part)?.[1]
    return name !== undefined && !gone.has(name)
  })
  const text = [...kept.map((part) => `${part.trim()}\n`), ...add.map((one) => stanza(one))].join('\n')
  disk.write(file, Buffer.from(text), { ...root, mode: 0o644 })
}

function listFile(tool: Distribution['tool']): string {
  return tool === 'apt' ? '/var/lib/dpkg/status' : '/var/lib/rpm/packages'
}

function stanza({ name, version, kib }: Package): string {
  return `Package: ${name}\nStatus: install ok installed\nInstalled-Size: ${kib * 4}\nArchitecture: amd64\nVersion: ${version}\n`
}

function packageOf([name, version, kib, needs = '', programs = '']: Row, distribution: Distribution): Package {
  const split = (text: string) => text.split(' ').filter((one) => one !== '')
  const local = distribution.versionId === '24.04' ? version : localVersion(version, distribution)
  return { name, version: local, kib, needs: split(needs), programs: split(programs) }
}

function localVersion(version: string, { tool, versionId }: Distribution): string {
  const plain = version.replace(/^\d+:/, '').replace(/[-+~].*$/, '')
  return tool === 'apt' ? `${plain}-1` : `${plain}-1.el${versionId.split('.')[0]}`
}

/** What a program's file holds: enough for `file` and for nobody else. */
export const programText = '\x7fELF\x02\x01\x01\n'

/** Installed programs are small scripts, which answer who they are and say that they do no more, or programs of the practice cloud. */
function programScript(program: string, version: string): string {
  if (program in gpuPrograms) return programText
  const plain = version.replace(/^\d+:/, '').replace(/[-+~].*$/, '')
  const known = versionLines[program]?.(plain) ?? `${program} ${plain}`
  return `#!/bin/sh
case "$1" in
  --version|-version|-V|-v|version) echo '${known}' ;;
  *) echo '${program}: practice mode knows that this program is installed, but does not run it' >&2 ;;
esac
`
}

const versionLines: Record<string, (version: string) => string> = {
  blender: (version) => `Blender ${version}`,
  ffmpeg: (version) => `ffmpeg version ${version} Copyright (c) 2000-2023 the FFmpeg developers`,
  ffprobe: (version) => `ffprobe version ${version} Copyright (c) 2007-2023 the FFmpeg developers`,
  gcc: () => 'gcc (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0',
  'g++': () => 'g++ (Ubuntu 13.3.0-6ubuntu2~24.04) 13.3.0',
  make: (version) => `GNU Make ${version}`,
  cmake: (version) => `cmake version ${version}`,
  git: (version) => `git version ${version}`,
  java: () => 'openjdk 21.0.8 2025-07-15',
  node: (version) => `v${version}`,
  go: (version) => `go version go${version} linux/amd64`,
  docker: (version) => `Docker version ${version}, build 27.5.1`,
  pip: (version) => `pip ${version} from /usr/lib/python3/dist-packages/pip (python 3.12)`,
  pip3: (version) => `pip ${version} from /usr/lib/python3/dist-packages/pip (python 3.12)`,
}

function hash(text: string): number {
  let value = 7
  for (const letter of text) value = (value * 31 + letter.charCodeAt(0)) | 0
  return value
}
