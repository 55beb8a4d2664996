export { cartWorkflow } from './cart.workflow.ts';
export { webhookDeliveryWorkflow } from './webhook-delivery.workflow.ts';
