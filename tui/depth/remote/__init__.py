"""Networks that another machine runs, asked by the Open Inference Protocol (KServe v2) over HTTP."""
