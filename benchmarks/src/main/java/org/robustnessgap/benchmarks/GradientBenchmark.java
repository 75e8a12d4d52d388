package org.robustnessgap.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.robustnessgap.attack.map.DifferentiableMap;
import org.robustnessgap.attack.map.OnnxMap;
import org.robustnessgap.attack.map.Rows;
import org.robustnessgap.engine.Device;
import org.robustnessgap.engine.Engine;
import org.robustnessgap.engine.EngineSettings;
import org.robustnessgap.onnx.graph.OnnxModel;

/** A vector–Jacobian product of a classifier, in evaluations of it; and by the other engine. */
@State(Scope.Thread)
public class GradientBenchmark {
  private static final int IMAGES = 32;

  @Param({"mnist-lenet", "cifar10-lenet"})
  private String classifier = "";

  private Engine onnxRuntime;
  private Engine nd4j;
  private OnnxMap map;
  private OnnxMap byNd4j;
  private Rows images;
  private Rows cotangents;

  @Setup
  public void open() {
    OnnxModel model = OnnxModel.read(Models.file(classifier));
    onnxRuntime = EngineSettings.standard().open();
    nd4j = new EngineSettings("nd4j", Device.CPU, 0, EngineSettings.ALL_MEMORY).open();
    map = OnnxMap.open(model, onnxRuntime);
    byNd4j = OnnxMap.open(model, nd4j);
    images = Models.rows(map.inputSize(), IMAGES);
    cotangents = Models.rows(map.outputSize(), IMAGES);
  }

  @Baseline
  @Benchmark
  public Rows forward() {
    return map.apply(images);
  }

  @Benchmark
  public DifferentiableMap.Product gradient() {
    return map.vjp(images, cotangents);
  }

  @Benchmark
  public DifferentiableMap.Product gradientByNd4j() {
    return byNd4j.vjp(images, cotangents);
  }

  @TearDown
  public void close() {
    map.close();
    byNd4j.close();
    onnxRuntime.close();
    nd4j.close();
  }
}
