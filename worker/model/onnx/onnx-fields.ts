/** Numbers of the fields of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that are read or edited. */
export const MODEL = { graph: 7, functions: 25 } as const;
export const GRAPH = {
  node: 1,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;
export const FUNCTION = { name: 1, node: 7, domain: 10, attribute: 11 } as const;
export const NODE = { input: 1, output: 2, name: 3, operator: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = {
  name: 1,
  integer: 3,
  tensor: 5,
  graph: 6,
  tensors: 10,
  graphs: 11,
  reference: 21,
  sparseTensor: 22,
  sparseTensors: 23,
} as const;
export const SPARSE_TENSOR = { values: 1, indices: 2 } as const;
export const TENSOR = {
  type: 2,
  int32Data: 5,
  name: 8,
  rawData: 9,
  externalData: 13,
  dataLocation: 14,
} as const;
export const ENTRY = { key: 1, value: 2 } as const;
export const VALUE_INFO = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { shape: 2 } as const;
export const SHAPE = { dimension: 1 } as const;
export const DIMENSION = { value: 1, parameter: 2 } as const;
