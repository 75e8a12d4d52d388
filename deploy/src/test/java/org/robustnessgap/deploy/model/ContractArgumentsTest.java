package org.robustnessgap.deploy.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.robustnessgap.messages.Colour;
import org.robustnessgap.messages.CropRounding;
import org.robustnessgap.messages.InputContract;
import org.robustnessgap.messages.Interpolation;
import org.robustnessgap.messages.Layout;
import org.robustnessgap.messages.ModelInput;
import org.robustnessgap.messages.PixelRange;
import org.robustnessgap.messages.PixelSpace;
import org.robustnessgap.messages.PixelType;
import org.robustnessgap.messages.Resize;
import picocli.CommandLine;

/** What is written is read as it was. */
class ContractArgumentsTest {
  static List<InputContract> contracts() {
    PixelRange signed = new PixelRange(-1, 1);
    return List.of(
        new InputContract(null, null, null, null),
        new InputContract(new PixelSpace(null, PixelType.UINT8, null, null), null, null, null),
        new InputContract(new PixelSpace(null, PixelType.UINT8, signed, null), null, null, null),
        new InputContract(
            new PixelSpace(Layout.NHWC, null, signed, Colour.RGB),
            new Resize(List.of(256), Interpolation.BICUBIC, false),
            List.of(224, 200),
            CropRounding.DOWN,
            new ModelInput(
                Layout.NCHW,
                PixelType.FLOAT,
                new PixelRange(0, 255),
                List.of(103.939, 116.779, 123.68),
                List.of(58.395, 57.12, 57.375),
                Colour.BGR)),
        new InputContract(
            null,
            new Resize(List.of(32, 48), null, null),
            null,
            new ModelInput(null, null, new PixelRange(-0.5, 0.5), null, List.of(1e-7), null)));
  }

  @ParameterizedTest
  @MethodSource("contracts")
  void whatIsWrittenIsReadAsItWas(InputContract contract) {
    ContractOptions options = new ContractOptions();
    CommandLine line = new CommandLine(CommandLine.Model.CommandSpec.create());
    line.addMixin("contract", options);
    List<String> arguments = ContractArguments.of(contract);
    line.parseArgs(arguments.toArray(new String[0]));

    assertThat(arguments).isNotEmpty();
    assertThat(options.contract()).isEqualTo(contract);
  }
}
