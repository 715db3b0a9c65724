import type { Component } from 'svelte'
import type { StepId } from '../../../shared/terms'
import type { StepForm } from '../../lib/step-form.svelte'
import ConnectCloud from './ConnectCloud.svelte'
import ConnectScope from './ConnectScope.svelte'
import ConnectSignIn from './ConnectSignIn.svelte'
import DecideImage from './DecideImage.svelte'
import DiskChoose from './DiskChoose.svelte'
import DiskInspect from './DiskInspect.svelte'
import DiskUpload from './DiskUpload.svelte'
import FinishCleanup from './FinishCleanup.svelte'
import FinishReport from './FinishReport.svelte'
import FinishVerify from './FinishVerify.svelte'
import ImageDefinition from './ImageDefinition.svelte'
import ImageGallery from './ImageGallery.svelte'
import ImageVersion from './ImageVersion.svelte'
import PoolCanary from './PoolCanary.svelte'
import PoolCreate from './PoolCreate.svelte'
import PrepareAccount from './PrepareAccount.svelte'
import PreparePreflight from './PreparePreflight.svelte'
import PrepareStorage from './PrepareStorage.svelte'
import VmCreate from './VmCreate.svelte'
import VmDeallocate from './VmDeallocate.svelte'
import VmGeneralize from './VmGeneralize.svelte'
import VmInstall from './VmInstall.svelte'
import VmInstallActions from './VmInstallActions.svelte'
import VmMade from './VmMade.svelte'
import VmMark from './VmMark.svelte'
import VmPlan from './VmPlan.svelte'
import VmRestore from './VmRestore.svelte'
import VmRestoreActions from './VmRestoreActions.svelte'
import VmSnapshot from './VmSnapshot.svelte'

/** The form of each step. */
export const stepForms: Record<StepId, Component<{ form: StepForm }>> = {
  'decide.image': DecideImage,
  'connect.cloud': ConnectCloud,
  'connect.signIn': ConnectSignIn,
  'connect.scope': ConnectScope,
  'prepare.preflight': PreparePreflight,
  'prepare.account': PrepareAccount,
  'prepare.storage': PrepareStorage,
  'disk.choose': DiskChoose,
  'disk.inspect': DiskInspect,
  'disk.upload': DiskUpload,
  'vm.plan': VmPlan,
  'vm.create': VmCreate,
  'vm.install': VmInstall,
  'vm.snapshot': VmSnapshot,
  'vm.generalize': VmGeneralize,
  'vm.restore': VmRestore,
  'vm.deallocate': VmDeallocate,
  'vm.mark': VmMark,
  'image.gallery': ImageGallery,
  'image.definition': ImageDefinition,
  'image.version': ImageVersion,
  'pool.create': PoolCreate,
  'pool.canary': PoolCanary,
  'finish.verify': FinishVerify,
  'finish.cleanup': FinishCleanup,
  'finish.report': FinishReport,
}

/** What stands above a form and can be used while the form itself is only shown. */
export const stepActions: Partial<Record<StepId, Component<{ form: StepForm }>>> = {
  'vm.create': VmMade,
  'vm.install': VmInstallActions,
  'vm.restore': VmRestoreActions,
}
