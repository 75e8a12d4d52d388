package org.robustnessgap.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.onnx.adjoint.Differentiator;
import org.robustnessgap.onnx.graph.OnnxModel;

/** Differentiating a model, in readings of its file. */
@State(Scope.Thread)
public class DifferentiationBenchmark {
  @Param({"mnist-mlp", "cifar10-wrn-16-4"})
  private String model = "";

  private Engine engine;
  private OnnxModel read;

  @Setup
  public void open() {
    engine = EngineSettings.standard().open();
    read = read();
  }

  @Baseline
  @Benchmark
  public OnnxModel read() {
    return OnnxModel.read(Models.file(model));
  }

  @Benchmark
  public OnnxModel differentiate() {
    return Differentiator.differentiate(read, engine);
  }

  @TearDown
  public void close() {
    engine.close();
  }
}
