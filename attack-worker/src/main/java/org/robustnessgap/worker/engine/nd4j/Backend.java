package org.robustnessgap.worker.engine.nd4j;

import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.worker.engine.Device;
import org.robustnessgap.worker.engine.EngineSettings;

/** The library under ND4J, of which a build holds one: for the CPU, or for CUDA. */
final class Backend {
  private static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";

  /** ND4J's number for memory outside the heap. */
  private static final int HOST = 0;

  private Backend() {}

  /** Before ND4J starts, which on a device without machine code would end in the driver. */
  static void require(Device device) {
    if (device.isCuda() != isCuda()) {
      throw new InvalidInputException(
          device.isCuda()
              ? "This build has ND4J for the CPU; build it with -Pnd4j-cuda for device "
                  + device
                  + ", or pass --engine onnxruntime."
              : "This build has ND4J for CUDA; pass --device cuda, or --engine onnxruntime.");
    }
    if (device.isCuda()) {
      ComputeCapability.of(device).requireMachineCode();
    }
  }

  private static boolean isCuda() {
    try {
      Class.forName(CUDA, false, Backend.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  static void start(EngineSettings settings) {
    Environment environment = Nd4j.getEnvironment();
    int threads =
        settings.threads() == 0 ? Runtime.getRuntime().availableProcessors() : settings.threads();
    environment.setMaxThreads(threads);
    environment.setMaxMasterThreads(threads);
    // Arrays are closed by hand; a collection now and then only costs time.
    Nd4j.getMemoryManager().togglePeriodicGc(false);
  }
}
