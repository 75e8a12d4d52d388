package org.robustnessgap.engine.nd4j;

import com.sun.jna.NativeLibrary;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.robustnessgap.engine.Device;
import org.robustnessgap.messages.InvalidInputException;

/** The library under ND4J, of which a build holds one: for the CPU, or for CUDA. */
final class Backend {
  private static final String CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";

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
    if (device.ordinal() > 0) {
      throw new InvalidInputException(
          "ND4J runs on the first CUDA device; pass --device cuda, or --engine onnxruntime.");
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

  static void start() {
    waitWithoutSpinning();
    // JavaCPP would count the whole process against the heap; memoryUsed counts ND4J's arrays.
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    // Arrays are closed by hand; a collection now and then only costs time.
    Nd4j.getMemoryManager().togglePeriodicGc(false);
  }

  /**
   * OpenMP's threads spin between two operators, by default, and on a machine with other work each
   * operator then waits for a time slice: thirty times as slow. Its library reads this variable of
   * the process once, when it is loaded, and only C can set one.
   */
  private static void waitWithoutSpinning() {
    try {
      int keepIfSet = 0;
      NativeLibrary.getInstance("c")
          .getFunction("setenv")
          .invokeInt(new Object[] {"OMP_WAIT_POLICY", "passive", keepIfSet});
    } catch (UnsatisfiedLinkError e) {
      // Not on this system; slower next to other work, but no different.
    }
  }

  /** Of the calling thread: OpenMP counts for each thread that enters it. */
  static void useThreads(int threads) {
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
  }

  /** Bytes that ND4J's arrays take outside the heap. */
  static long memoryUsed() {
    return Nd4j.getEnvironment().getDeviceCouner(0);
  }

  /** Of the machine's memory, what its arrays may take at most. */
  static long memoryAllowed() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getTotalMemorySize() / 2;
  }
}
