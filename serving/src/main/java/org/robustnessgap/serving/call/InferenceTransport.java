package org.robustnessgap.serving.call;

/** One way to ask one model: a protocol and how tensors are written in it. */
public interface InferenceTransport {
  /** For people, for instance {@code JSON over HTTP}. */
  String name();

  /** Most bytes of the numbers of one request. */
  long largestRequest();

  /**
   * Asks once; the next attempt is somebody else's business.
   *
   * @throws CallFailure if no answer came that can be read
   */
  Answer infer(InputTensor input) throws CallFailure;
}
