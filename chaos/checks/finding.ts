/** Something that the books do not bear out. */
export interface Finding {
  check: 'lost' | 'doubled' | 'leaked' | 'orders' | 'money' | 'stock' | 'read-model' | 'workflows' | 'late';
  cartId?: string;
  detail: string;
}
