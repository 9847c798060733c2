/** Field numbers of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto), those that are edited or read. */
export const MODEL = { graph: 7 } as const;
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
export const NODE = { input: 1, operator: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, integer: 3, tensor: 5, graph: 6, tensors: 10, graphs: 11 } as const;
export const TENSOR = { dims: 1, type: 2, int64Data: 7, name: 8, rawData: 9, dataLocation: 14 } as const;
export const VALUE_INFO = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { shape: 2 } as const;
export const SHAPE = { dimension: 1 } as const;
export const DIMENSION = { value: 1, parameter: 2 } as const;
/** TensorProto.DataLocation.EXTERNAL: the values lie in another file. */
export const EXTERNAL = 1;
