import type { CloudProfile } from '../../../shared/profile'

export const registrationClouds = ['public', 'usgov', 'china'] as const
export type RegistrationCloud = (typeof registrationClouds)[number]
export type RegistrationShell = 'bash' | 'powershell'

/** Where the same is done by hand. */
export const portals: Record<RegistrationCloud, string> = {
  public: 'portal.azure.com',
  usgov: 'portal.azure.us',
  china: 'portal.azure.cn',
}

/** Names of Azure's clouds for `az cloud set` (`az cloud list`). */
const azNames: Record<RegistrationCloud, string> = {
  public: 'AzureCloud',
  usgov: 'AzureUSGovernment',
  china: 'AzureChinaCloud',
}

/** The cloud of a form as far as scripts know it; any other cloud is registered like the public one. */
export function registrationCloudOf(cloud: CloudProfile['name'] | undefined): RegistrationCloud {
  return registrationClouds.find((name) => name === cloud) ?? 'public'
}

/**
 * Azure CLI commands for an app registration as this app needs it: a public client with loopback redirect and delegated rights.
 * Ids of the first-party APIs (Azure Service Management, Azure Batch, Azure Storage), the same in every cloud: Microsoft Learn,
 * "Verify first-party Microsoft applications in sign-in reports".
 */
export function registrationScript(cloud: RegistrationCloud, shell: RegistrationShell): string {
  return [`az cloud set --name ${azNames[cloud]}`, 'az login', ...(shell === 'bash' ? bash : powershell)].join('\n')
}

const permission = '"oauth2PermissionScopes[?value==\'user_impersonation\'].id | [0]"'
const apis = [
  '797f4846-ba00-4fd7-ba43-dac1f8f63013',
  'ddbf3205-c6bd-46ae-8127-60eb93363864',
  'e406a681-f3d4-42a8-90b6-c2b029497af1',
]

const bash = [
  'appId=$(az ad app create --display-name "Batch Image Studio" --is-fallback-public-client true \\',
  '  --public-client-redirect-uris http://localhost --sign-in-audience AzureADMyOrg --query appId -o tsv)',
  `for api in ${apis.join(' \\\n           ')}; do`,
  '  az ad sp create --id $api 2>/dev/null',
  `  scope=$(az ad sp show --id $api -o tsv --query ${permission})`,
  '  az ad app permission add --id $appId --api $api --api-permissions $scope=Scope',
  'done',
  'az account show --query tenantId -o tsv',
  'echo $appId',
  'az ad app permission admin-consent --id $appId',
]

const powershell = [
  '$appId = az ad app create --display-name "Batch Image Studio" --is-fallback-public-client true `',
  '  --public-client-redirect-uris http://localhost --sign-in-audience AzureADMyOrg --query appId -o tsv',
  `foreach ($api in ${apis.map((id) => `'${id}'`).join(',\n    ')}) {`,
  '  az ad sp create --id $api 2>$null',
  `  $scope = az ad sp show --id $api -o tsv --query ${permission}`,
  '  az ad app permission add --id $appId --api $api --api-permissions "$scope=Scope"',
  '}',
  'az account show --query tenantId -o tsv',
  '$appId',
  'az ad app permission admin-consent --id $appId',
]
