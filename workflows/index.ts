export { cartWorkflow } from './cart.workflow.ts';
