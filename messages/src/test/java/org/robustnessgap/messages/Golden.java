package org.robustnessgap.messages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** One message of each kind, and the file that holds its JSON form. */
enum Golden {
  CAMPAIGN(
      Campaign.class,
      new Campaign(
          "cifar10",
          new GeneratorReference("dcgan", "models/cifar10-dcgan.onnx", 100),
          List.of(
              new ModelReference("vgg", "models/cifar10-vgg.onnx"),
              new ModelReference("lenet", "models/cifar10-lenet.onnx")),
          new SamplingPlan(42, 1000L, 12.5, 64, 1000, 16, 600),
          AttackPlan.standard(),
          new SmoothnessPlan(List.of(0.1, 0.2), 128, 2, 8, 64),
          new TransferPlan(256, 32, Effort.FAST),
          List.of(0.05, 0.25, 0.5),
          Map.of(),
          List.of("kkt-residual", "lower-bounds"),
          null)),
  IMAGE_CAMPAIGN(
      Campaign.class,
      new Campaign(
          "photos",
          null,
          List.of(
              new ModelReference("vgg", "models/vgg.onnx"),
              new ModelReference("lenet", "models/lenet.onnx")),
          new SamplingPlan(0, 1000L, null, 64, 1000, 16, 600),
          AttackPlan.of(List.of(Space.UNCONSTRAINED), Algorithm.BoundaryDescent.standard()),
          null,
          TransferPlan.of(256, Effort.FAST, List.of(Space.UNCONSTRAINED)),
          List.of(0.25),
          Map.of(),
          List.of(),
          new ImageData("holiday", "photos/holiday.zip", List.of(3, 224, 192)))),
  INVERTED_CAMPAIGN(
      Campaign.class,
      new Campaign(
          "digits",
          null,
          List.of(new ModelReference("lenet", "models/lenet.onnx")),
          new SamplingPlan(0, 64L, null, 32, 64, 16, 600),
          AttackPlan.standard(),
          null,
          null,
          List.of(0.25),
          Map.of(),
          List.of(),
          new ImageData(
              "test",
              "t10k-images.gz",
              List.of(1, 28, 28),
              null,
              new Inversion(
                  new GeneratorReference("g", "models/g.onnx", 100),
                  "models/g.encoder.onnx",
                  0.4)))),
  TRAFFIC_CAMPAIGN(
      Campaign.class,
      new Campaign(
          "live",
          null,
          List.of(new ModelReference("vgg", "models/vgg.onnx")),
          new SamplingPlan(3, null, null, 16, 64, 16, 600),
          AttackPlan.of(List.of(Space.UNCONSTRAINED), Algorithm.BoundaryDescent.standard()),
          null,
          null,
          List.of(0.25),
          Map.of(),
          List.of(),
          new ImageData(
              "production",
              null,
              List.of(3, 32, 32),
              new TrafficTopic(
                  "seldon.default.model.vgg.inputs",
                  RecordFormat.OPEN_INFERENCE,
                  "PT1H",
                  "image",
                  null,
                  "production.properties",
                  20.5)))),
  SERVED_CAMPAIGN(
      Campaign.class,
      new Campaign(
          "production",
          new GeneratorReference("dcgan", "models/mnist-dcgan.onnx", 100),
          List.of(
              new ModelReference(
                  "digits",
                  "oip+http://triton:8000/v2/models/digits",
                  null,
                  null,
                  new Endpoint(
                      Access.LABELS,
                      List.of(1, 28, 28),
                      "image",
                      "label",
                      List.of("zero", "one"),
                      32,
                      500,
                      200.5,
                      100_000L,
                      1_000_000L,
                      2,
                      "models/mnist-mlp.onnx",
                      "/run/secrets/triton.headers"))),
          new SamplingPlan(0, 128L, null, 8, 128, 16, 600),
          AttackPlan.of(
              List.of(Space.LATENT, Space.UNCONSTRAINED),
              new Algorithm.QueryDescent(500, Access.LABELS)),
          null,
          null,
          List.of(0.25))),
  CONTINUOUS_CAMPAIGN(
      Campaign.class,
      new Campaign(
          "watch-1",
          new GeneratorReference("dcgan", "models/cifar10-dcgan.onnx", 100),
          List.of(
              new ModelReference(
                  "vgg",
                  "models/cifar10-vgg.onnx",
                  new ModelOptions(
                      "class_prob",
                      new OutputSlice(0, 2),
                      Scores.PROBABILITIES,
                      Map.of("threshold", List.of(0.5)),
                      List.of(32, 32)),
                  new InputContract(
                      new PixelSpace(
                          Layout.NCHW, PixelType.FLOAT, new PixelRange(-1, 1), Colour.RGB),
                      new Resize(List.of(256), Interpolation.BICUBIC, true),
                      List.of(224, 192),
                      new ModelInput(
                          Layout.NHWC,
                          PixelType.UINT8,
                          new PixelRange(0, 255),
                          List.of(103.939, 116.779, 123.68),
                          List.of(1.5),
                          Colour.BGR)))),
          new SamplingPlan(-1, null, null, 64, 640, 4, 0.5),
          AttackPlan.of(List.of(Space.LATENT), new Algorithm.DeepFool(10, 0, 0)),
          null,
          null,
          List.of(0.25))),
  ATTACK_JOB(
      Job.class,
      new Job.Attack(
          new JobId("cifar10", JobKind.ATTACK, "vgg", 64),
          new GeneratorReference("dcgan", "models/cifar10-dcgan.onnx", 2),
          new ModelReference("vgg", "models/cifar10-vgg.onnx"),
          new Window(0, 1000),
          new AttackPlan(
              List.of(Space.LATENT, Space.UNCONSTRAINED),
              new Algorithm.BoundaryDescent(Effort.FAST),
              Norm.LINF,
              new PixelRange(-1, 1)),
          new LatentBatch(64, 2, new float[] {1, -2.5f, 0.1f, Float.MIN_VALUE}),
          List.of("kkt-residual"))),
  IMAGE_ATTACK_JOB(
      Job.class,
      new Job.Attack(
          new JobId("photos", JobKind.ATTACK, "vgg", 64),
          new ImageData("holiday", "photos/holiday.zip", List.of(1, 1, 2)).identity(),
          new ModelReference("vgg", "models/vgg.onnx"),
          new Window(0, 1000),
          AttackPlan.of(List.of(Space.UNCONSTRAINED), new Algorithm.BoundaryDescent(Effort.FAST)),
          new LatentBatch(
              64,
              2,
              new float[] {1, -2.5f, 0.1f, Float.MIN_VALUE},
              List.of("holiday.zip!sea.png", "holiday.zip!käse.png")))),
  INVERTED_ATTACK_JOB(
      Job.class,
      new Job.Attack(
          new JobId("digits", JobKind.ATTACK, "lenet", 0),
          new ImageData("test", "t10k-images.gz", List.of(1, 1, 2)).identity(),
          new ModelReference("lenet", "models/lenet.onnx"),
          new Window(0, 64),
          AttackPlan.standard(),
          new LatentBatch(0, 2, new float[] {1, 0.5f}, List.of("t10k-images.gz[0]")),
          List.of(),
          new Inversion(new GeneratorReference("g", "models/g.onnx", 100), null, Inversion.LIMIT))),
  TRAFFIC_SAMPLE(
      TrafficSample.class,
      new TrafficSample(
          "camera-3/17", List.of(1, 2, 3), "UINT8", new byte[] {0, 1, 2, 127, -128, -1})),
  SMOOTHNESS_JOB(
      Job.class,
      new Job.Smoothness(
          new JobId("cifar10", JobKind.SMOOTHNESS, "dcgan", 0),
          new GeneratorReference("dcgan", "models/cifar10-dcgan.onnx", 3),
          new SmoothnessPlan(List.of(0.1, 0.2), 128, 2, 8, 64),
          new LatentBatch(0, 3, new float[] {0, -0.0f, Float.MAX_VALUE}))),
  TRANSFER_JOB(
      Job.class,
      new Job.Transfer(
          new JobId("cifar10", JobKind.TRANSFER, "lenet~vgg", 32),
          new GeneratorReference("dcgan", "models/cifar10-dcgan.onnx", 2),
          new ModelReference("lenet", "models/cifar10-lenet.onnx"),
          new ModelReference("vgg", "models/cifar10-vgg.onnx"),
          new TransferPlan(256, 32, Effort.STANDARD),
          new LatentBatch(32, 2, new float[] {0.5f, -1}))),
  ATTACK_RESULT(
      AttackResult.class,
      new AttackResult(
          new JobId("cifar10", JobKind.ATTACK, "vgg", 64),
          new Window(0, 1000),
          10,
          100,
          "worker-1",
          "onnxruntime-cpu",
          1.25,
          List.of(
              new SampleResult(
                  64,
                  3,
                  9.975,
                  27.03125,
                  Map.of(
                      Space.LATENT, new Outcome.Found(0.0764, 5, 0.0003, 12, 20),
                      Space.IN_DISTRIBUTION,
                          new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 50, 51),
                      Space.UNCONSTRAINED, new Outcome.Found(1e-9, 0, null, 3, 4)),
                  Map.of(
                      Space.LATENT, Map.of("flips", 2.0),
                      Space.UNCONSTRAINED, Map.of("lower_bound", 0.001, "shift", -1.5))),
              new SampleResult(
                  65,
                  -1,
                  10.5,
                  30,
                  Map.of(
                      Space.LATENT, new Outcome.Failed("The logits are not finite.", 0, 1),
                      Space.UNCONSTRAINED, new Outcome.Tie(0, 1)))),
          List.of(new Suspicion(Suspicion.Kind.PIXEL_RANGE, "Pixels lie outside.")),
          new PixelSpace(Layout.NHWC, PixelType.UINT8, null, null),
          new Provenance(
              "dcgan",
              new AttackPlan(
                  List.of(Space.values()),
                  new Algorithm.BoundaryDescent(Effort.FAST),
                  Norm.LINF,
                  new PixelRange(-1, 1))),
          Map.of("lower-bounds", "Node 7 has no bound."))),
  IMAGE_ATTACK_RESULT(
      AttackResult.class,
      new AttackResult(
          new JobId("photos", JobKind.ATTACK, "vgg", 64),
          new Window(0, 1000),
          10,
          0,
          "worker-1",
          "onnxruntime-cpu",
          1.25,
          List.of(
              new SampleResult(
                  64,
                  3,
                  27.03125,
                  27.03125,
                  Map.of(Space.UNCONSTRAINED, new Outcome.Found(0.125, 0, 0.0, 3, 4)),
                  Map.of(),
                  "holiday.zip!sea.png")))),
  SERVED_ATTACK_RESULT(
      AttackResult.class,
      new AttackResult(
          new JobId("production", JobKind.ATTACK, "digits", 0),
          new Window(0, 128),
          10,
          100,
          "worker-1",
          "onnxruntime-cpu",
          12.5,
          List.of(
              new SampleResult(
                  0,
                  7,
                  9.5,
                  11.5,
                  Map.of(Space.UNCONSTRAINED, new Outcome.Found(1.125, 2, null, 0, 500)))),
          List.of(),
          null,
          new Provenance(
              "dcgan",
              AttackPlan.of(List.of(Space.UNCONSTRAINED), Algorithm.BoundaryDescent.standard()),
              new ModelIdentity("2", "50311b2912aa", "9d2e0c77a1f4"),
              Access.LABELS),
          Map.of(),
          530L)),
  INVERTED_ATTACK_RESULT(
      AttackResult.class,
      new AttackResult(
          new JobId("digits", JobKind.ATTACK, "lenet", 0),
          new Window(0, 64),
          10,
          0,
          "worker-1",
          "onnxruntime-cpu",
          1.25,
          List.of(
              new SampleResult(
                  0,
                  7,
                  9.5,
                  9.5,
                  Map.of(
                      Space.LATENT, new Outcome.Found(0.5, 2, 0.25, 5, 6),
                      Space.UNCONSTRAINED, new Outcome.Found(1.125, 2, 0.0, 3, 4)),
                  Map.of(),
                  "t10k-images.gz[0]",
                  new Reconstruction(1.5, 0.25, 12.25, 7, null)),
              new SampleResult(
                  1,
                  2,
                  9.25,
                  9.25,
                  Map.of(Space.UNCONSTRAINED, new Outcome.Found(1.125, 1, 0.0, 3, 4)),
                  Map.of(),
                  "t10k-images.gz[1]",
                  new Reconstruction(4.5, 0.75, 12.25, 2, Reconstruction.TooFar.ERROR))))),
  SMOOTHNESS_RESULT(
      SmoothnessResult.class,
      new SmoothnessResult(
          new JobId("cifar10", JobKind.SMOOTHNESS, "dcgan", 0),
          List.of(0.1, 0.2),
          "worker-2",
          "onnxruntime-cuda",
          3.5,
          List.of(
              new SmoothnessResult.Sample(0, 27.5, List.of(2.47, 4.5)),
              new SmoothnessResult.Sample(1, 26, List.of(0.0, 0.0))),
          new SmoothnessResult.Lipschitz(11686.0, null),
          new SmoothnessPlan(List.of(0.1, 0.2), 128, 2, 8, 64))),
  IMAGE_LIMITS(
      TheoreticalLimits.class,
      new TheoreticalLimits(
          new StreamId("photos", "vgg"),
          100,
          List.of(60L, 40L),
          null,
          Map.of(
              Space.UNCONSTRAINED,
              TheoreticalLimits.SpaceLimit.none("no generator was given", 27.03125, List.of(0.25))),
          "holiday")),
  TRANSFER_RESULT(
      TransferResult.class,
      new TransferResult(
          new JobId("cifar10", JobKind.TRANSFER, "lenet~vgg", 32),
          10,
          100,
          "worker-1",
          "onnxruntime-cpu",
          2.5,
          List.of(
              new TransferResult.Sample(
                  32,
                  3,
                  5,
                  27.5,
                  Map.of(
                      Space.LATENT,
                      new TransferResult.Perturbations(
                          new Outcome.Found(0.125, 4, 0.0, 12, 40),
                          new TransferResult.Own(new Outcome.Found(0.1, 4, 0.01, 9, 20), false),
                          new TransferResult.Own(new Outcome.Found(0.125, 3, null, 9, 20), true)),
                      Space.UNCONSTRAINED,
                      new TransferResult.Perturbations(
                          new Outcome.NotFound(Outcome.NotFound.Reason.BUDGET, 12, 40),
                          new TransferResult.Own(new Outcome.Tie(0, 1), null),
                          new TransferResult.Own(new Outcome.Found(0.25, 2, 0.5, 9, 20), false)))),
              new TransferResult.Sample(
                  33,
                  -1,
                  0,
                  26,
                  Map.of(
                      Space.LATENT,
                      new TransferResult.Perturbations(
                          new Outcome.Failed("The logits are not finite.", 0, 1),
                          new TransferResult.Own(
                              new Outcome.Failed("The logits are not finite.", 0, 1), null),
                          new TransferResult.Own(new Outcome.Found(0.5, 1, 0.25, 3, 4), false)),
                      Space.UNCONSTRAINED,
                      new TransferResult.Perturbations(
                          new Outcome.Failed("The logits are not finite.", 0, 1),
                          new TransferResult.Own(
                              new Outcome.Failed("The logits are not finite.", 0, 1), null),
                          new TransferResult.Own(new Outcome.Tie(0, 1), null))))),
          new Provenance(
              "dcgan",
              new TransferPlan(256, 32, Effort.STANDARD).attack(),
              new ModelIdentity("2", "50311b2912aa", null),
              null,
              new ModelIdentity("3", null, "9d2e0c77a1f4")))),
  TRANSFER_LIMITS(
      TransferLimits.class,
      new TransferLimits(
          new PairId("cifar10", "lenet", "vgg"),
          new TransferLimits.Disagreement(25, 100, 0.1688, 0.3466),
          512L,
          Map.of(
              Space.LATENT,
              new TheoreticalLimits.SpaceLimit(
                  TheoreticalLimits.Kind.EXACT,
                  9.975031639551357,
                  List.of(new TheoreticalLimits.QuantileLimit(0.25, 0.5, 0.25, null, 0.05)),
                  List.of(new TheoreticalLimits.CurvePoint(0.5, 0.25, 0.2, 0.375)),
                  List.of()),
              Space.UNCONSTRAINED,
              new TheoreticalLimits.SpaceLimit(
                  TheoreticalLimits.Kind.ESTIMATED, 27, List.of(), List.of(), List.of())),
          "dcgan",
          new ModelIdentity("2", "50311b2912aa", null),
          new ModelIdentity("3", null, "9d2e0c77a1f4"))),
  TRANSFER_GAP(
      TransferGap.class,
      new TransferGap(
          new PairId("cifar10", "lenet", "vgg"),
          256,
          128,
          32,
          12.5,
          new TransferLimits.Disagreement(25, 100, 0.1688, 0.3466),
          512L,
          Map.of(
              Space.LATENT,
              new TransferGap.SpaceTransfer(
                  new RobustnessGap.SpaceGap(
                      TheoreticalLimits.Kind.EXACT,
                      9.975,
                      126,
                      1,
                      1,
                      List.of(
                          new RobustnessGap.QuantileGap(
                              0.25, 0.05, 0.025, null, 0.01, 0.008, 0.0125, 5.0, 2.0, null))),
                  List.of(new TransferGap.Own(0.25, 0.006, null)),
                  new TransferGap.Rate(32, 128),
                  new TransferGap.Rate(64, 127)),
              Space.UNCONSTRAINED,
              new TransferGap.SpaceTransfer(
                  new RobustnessGap.SpaceGap(null, null, 0, 0, 0, List.of()),
                  List.of(),
                  new TransferGap.Rate(0, 0),
                  new TransferGap.Rate(0, 0))),
          new Provenance("dcgan", new TransferPlan(256, 32, Effort.STANDARD).attack()),
          List.of("onnxruntime-cpu", "onnxruntime-cuda"),
          32L)),
  JOB_GIVEN_UP(
      JobFailure.class,
      new JobFailure.GivenUp(
          new JobId("cifar10", JobKind.ATTACK, "vgg", 64),
          new Window(0, 1000),
          64,
          4,
          "worker-1",
          "There is no file models/cifar10-vgg.onnx; check the campaign.")),
  JOB_PUT_OFF(
      JobFailure.class,
      new JobFailure.PutOff(
          new JobId("production", JobKind.ATTACK, "digits", 8),
          30.5,
          1200,
          "worker-1",
          "http://triton:8000 does not answer; start it.")),
  SMOOTHNESS_JOB_GIVEN_UP(
      JobFailure.class,
      new JobFailure.GivenUp(
          new JobId("cifar10", JobKind.SMOOTHNESS, "dcgan", 0),
          null,
          64,
          1,
          "worker-1",
          "No memory.")),
  RECORD_REFUSED(
      JobFailure.class,
      new JobFailure.Refused("campaigns", 0, 17, "This is no JSON: '✗'", "{\"id\": \"Käse\" ✗")),
  THEORETICAL_LIMITS(
      TheoreticalLimits.class,
      new TheoreticalLimits(
          new StreamId("cifar10", "vgg"),
          1000,
          List.of(600L, 400L, 0L),
          512L,
          Map.of(
              Space.LATENT,
              new TheoreticalLimits.SpaceLimit(
                  TheoreticalLimits.Kind.EXACT,
                  9.975031639551357,
                  List.of(
                      new TheoreticalLimits.QuantileLimit(
                          0.25, 0.1579799054, 0.15, 0.16, 0.01583753),
                      new TheoreticalLimits.QuantileLimit(0.5, null, null, null, null)),
                  List.of(
                      new TheoreticalLimits.CurvePoint(0, 0, 0.0, 0.0),
                      new TheoreticalLimits.CurvePoint(0.5, 0.625, 0.5, 0.75)),
                  List.of(
                      new TheoreticalLimits.OtherLimit(
                          "L2", null, List.of(), null, null, "a class has measure 0.6"),
                      new TheoreticalLimits.OtherLimit(
                          "L4",
                          TheoreticalLimits.Kind.EXACT,
                          List.of(),
                          0.4734317538,
                          0.0474617,
                          null))),
              Space.IN_DISTRIBUTION,
              new TheoreticalLimits.SpaceLimit(
                  TheoreticalLimits.Kind.ESTIMATED,
                  27,
                  List.of(),
                  List.of(),
                  List.of(
                      new TheoreticalLimits.OtherLimit(
                          "L1",
                          TheoreticalLimits.Kind.CERTIFIED,
                          List.of(
                              new TheoreticalLimits.QuantileLimit(0.25, 1846.0, null, null, 68.4)),
                          null,
                          null,
                          null)))),
          "dcgan",
          new ModelIdentity("2", "50311b2912aa", null))),
  ROBUSTNESS_GAP(
      RobustnessGap.class,
      new RobustnessGap(
          new StreamId("cifar10", "vgg"),
          new Window(2, 1000),
          1000,
          872,
          64,
          125.5,
          123456,
          234567,
          2000L,
          512L,
          Map.of(
              Space.LATENT,
              new RobustnessGap.SpaceGap(
                  TheoreticalLimits.Kind.EXACT,
                  9.975,
                  870,
                  1,
                  1,
                  List.of(
                      new RobustnessGap.QuantileGap(
                          0.25, 0.0158, 0.015, 0.016, 0.0033, 0.003, 0.0036, 4.8, 4.4, 5.3))),
              Space.UNCONSTRAINED,
              new RobustnessGap.SpaceGap(
                  null,
                  1.0,
                  0,
                  0,
                  0,
                  List.of(
                      new RobustnessGap.QuantileGap(
                          0.25, null, null, null, null, null, null, null, null, null)),
                  Norm.LINF,
                  "limits are of l2 distances")),
          List.of(
              new Suspicion(
                  Suspicion.Kind.OTHER_PROVENANCE, "64 samples were measured otherwise.")),
          null,
          new Provenance(
              "dcgan",
              new AttackPlan(
                  List.of(Space.LATENT, Space.UNCONSTRAINED),
                  Algorithm.DeepFool.standard(),
                  Norm.L2,
                  null)),
          List.of("onnxruntime-cpu"),
          64L,
          List.of(
              new DiagnosticFigure(Space.UNCONSTRAINED, "lower_bound", 870, 0.001, 0.0015, 0.002)),
          Map.of("projection", "It has none."),
          List.of(
              new LabelCount(0, 700, List.of(new MeasuredQuantile(0.25, 0.0012, 0.001, null))),
              new LabelCount(3, 108)),
          List.of(
              new VersionFigure(
                  new ModelIdentity("2", "50311b2912aa", null), 64, 2000L, 2079L, Map.of()),
              new VersionFigure(
                  null,
                  808,
                  null,
                  null,
                  Map.of(
                      Space.LATENT,
                      List.of(new MeasuredQuantile(0.25, 0.0033, 0.003, 0.0036)),
                      Space.UNCONSTRAINED,
                      List.of(new MeasuredQuantile(0.25, null, 0.002, null))))),
          new VersionFigure(
              new ModelIdentity("1", null, "9d2e0c77a1f4"), 1000, 1000L, 1999L, Map.of()))),
  /** As a worker wrote it before results told how they were made. */
  OLDER_ATTACK_RESULT(
      AttackResult.class,
      new AttackResult(
          new JobId("cifar10", JobKind.ATTACK, "vgg", 0),
          new Window(0, 64),
          10,
          100,
          "worker-1",
          "onnxruntime-cpu",
          1.25,
          List.of(
              new SampleResult(
                  0,
                  3,
                  9.5,
                  27,
                  Map.of(Space.UNCONSTRAINED, new Outcome.Found(0.5, 5, 0.25, 12, 20))))));

  final Class<?> type;
  final Object message;

  Golden(Class<?> type, Object message) {
    this.type = type;
    this.message = message;
  }

  String file() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + ".json";
  }

  /** The file as it is, indented. */
  byte[] json() {
    try (InputStream in = Golden.class.getResourceAsStream("/messages/" + file())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
