import ONNXGraph
