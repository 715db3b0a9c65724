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
import VmStep from './VmStep.svelte'

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
  'vm.plan': VmStep,
  'vm.create': VmStep,
  'vm.install': VmStep,
  'vm.snapshot': VmStep,
  'vm.generalize': VmStep,
  'vm.restore': VmStep,
  'vm.deallocate': VmStep,
  'vm.mark': VmStep,
  'image.gallery': ImageGallery,
  'image.definition': ImageDefinition,
  'image.version': ImageVersion,
  'pool.create': PoolCreate,
  'pool.canary': PoolCanary,
  'finish.verify': FinishVerify,
  'finish.cleanup': FinishCleanup,
  'finish.report': FinishReport,
}
