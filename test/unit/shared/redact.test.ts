import { describe, expect, it } from 'vitest'
import { carriesSecret, withoutSecrets } from '../../../src/shared/redact'

describe('a line that carries a secret', () => {
  it.each([
    'PASSWORD=hunter2 ./install.sh',
    'export DB_PASSWORD="hunter2 x"',
    './setup --password hunter2',
    './setup --admin-password=hunter2',
    'sshpass -p hunter2 ssh host',
    'mysql -u root -phunter2 < dump.sql',
    'docker login registry -u me -p hunter2',
    'az login --service-principal -u id -p hunter2 --tenant t',
    'curl -u me:hunter2 https://example.org/file',
    'curl -H "Authorization: Bearer hunter2hunter2" https://example.org',
    'echo hunter2 | sudo -S apt-get update',
    'echo hunter2 | docker login --password-stdin',
    'net user build hunter2 /add',
    "ConvertTo-SecureString 'hunter2' -AsPlainText -Force",
    "$password = 'hunter2'",
    'wget "https://a.blob.core.windows.net/c/f?sv=1&sig=hunter2"',
    'az storage blob download --account-key hunter2',
    'export AWS_SECRET_ACCESS_KEY=hunter2',
    'git clone https://me:hunter2@example.org/repo',
  ])('is known: %s', (line) => {
    expect(carriesSecret(line)).toBe(true)
    expect(withoutSecrets(line)).not.toContain('hunter2')
  })

  it.each(['sudo -S apt-get update', 'read -s -p "Password: " P', 'Read-Host "Password" -AsSecureString'])(
    'or asks for one: %s',
    (line) => expect(carriesSecret(line)).toBe(true),
  )
})

describe('a line that carries none', () => {
  it.each([
    'sudo apt-get update && sudo apt-get install -y ffmpeg',
    'PASSWORD="$(az keyvault secret show --name x --query value -o tsv)" ./install.sh',
    './setup --password-file /etc/secret',
    './setup --token "$TOKEN"',
    'mkdir -p /opt/app && cp -p a b',
    'mysql -u root < dump.sql',
    'curl -LO https://example.org/key.asc',
    'PasswordAuthentication no',
    'ssh-keygen -t ed25519 -f key',
    'net user',
    'echo 1 | sudo tee /proc/sys/vm/drop_caches',
    'azcopy login --identity',
    'dotnet nuget list source',
  ])('stays as it is: %s', (line) => {
    expect(withoutSecrets(line)).toBe(line)
    expect(carriesSecret(line)).toBe(false)
  })
})
