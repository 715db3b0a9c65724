/**
 * Azure CLI commands for an app registration as this app needs it: a public client with loopback redirect and delegated rights.
 * Ids of the first-party APIs and their user_impersonation permissions: Microsoft Learn, "Verify first-party Microsoft
 * applications in sign-in reports", and `az ad sp show --id API --query oauth2PermissionScopes`.
 */
export const registrationScript = [
  'appId=$(az ad app create --display-name "Batch Image Studio" --is-fallback-public-client true \\',
  '  --public-client-redirect-uris http://localhost --sign-in-audience AzureADMyOrg --query appId -o tsv)',
  'for api in 797f4846-ba00-4fd7-ba43-dac1f8f63013 ddbf3205-c6bd-46ae-8127-60eb93363864 \\',
  '           e406a681-f3d4-42a8-90b6-c2b029497af1; do',
  '  az ad sp create --id $api 2>/dev/null',
  '  scope=$(az ad sp show --id $api -o tsv --query "oauth2PermissionScopes[?value==\'user_impersonation\'].id | [0]")',
  '  az ad app permission add --id $appId --api $api --api-permissions $scope=Scope',
  'done',
  'az account show --query tenantId -o tsv',
  'echo $appId',
].join('\n')
