package org.robustnessgap.serving.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies of errors as real servers sent them. */
final class ServerMessageTest {
  private static String shown(String body) {
    return ServerMessage.of(body.getBytes(StandardCharsets.UTF_8), List.of("Bearer s3cr3tToken"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"error\":\"Model none not found\"} | Model none not found",
        "{\"detail\":\"Not Found\"} | Not Found",
        "{\"detail\":[{\"loc\":[\"body\",\"inputs\",0,\"shape\"],\"msg\":\"Field required\",\"type\":\"missing\",\"input\":{\"data\":[0.5]}}]} | body.inputs.0.shape: Field required",
        "{\"code\":404,\"type\":\"ModelNotFoundException\",\"message\":\"Model not found\"} | Model not found",
        "Internal Server Error | Internal Server Error",
        "{\"error\":\"unexpected shape for input 'image' for model 'm'. Expected [-1,1,28,28], got [1,784]\"} | unexpected shape for input 'image' for model 'm'. Expected [-1,1,28,28], got [1,784]",
        "{\"error\":\"ValueError : cannot reshape array of size 5 into shape (2,2)\"} | ValueError : cannot reshape array of size 5 into shape (2,2)"
      })
  void whatIsSaidIsFoundInTheBody(String body, String said) {
    assertThat(shown(body)).isEqualTo(said);
  }

  @Test
  void whatWasSentIsNotRepeated() {
    assertThat(
            shown(
                "{\"error_code\":\"INVALID_PARAMETER_VALUE\",\"message\":\"Failed to predict data '{'image': array([[[[0.125, 0.25]]]])}'\"}"))
        .isEqualTo("Failed to predict data '…");
    assertThat(shown("cannot parse 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9"))
        .isEqualTo("cannot parse…");
  }

  @Test
  void credentialsAreNotRepeated() {
    assertThat(shown("{\"error\":\"token s3cr3tToken is expired\"}"))
        .isEqualTo("token … is expired");
  }

  @Test
  void shortCredentialsAreHiddenWhereTheyAreWordsOfTheirOwn() {
    assertThat(ServerMessage.shown("key k1 of k12 is bad: k1", List.of("k1")))
        .isEqualTo("key … of k12 is bad: …");
  }

  @Test
  void ofAPageOnlyTheTitleIsRepeated() {
    assertThat(shown("\n<html lang=en><head>\n<title>502 Bad\nGateway</title></head>x"))
        .isEqualTo("502 Bad Gateway");
    assertThat(shown("<!doctype html><p>hello")).isEqualTo("a page of HTML");
    assertThat(ServerMessage.isPage("<htmlish>".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void itIsOneLineAndCut() {
    assertThat(shown("Traceback:\n  File x\n" + "y".repeat(1000)))
        .hasSize(200)
        .startsWith("Traceback: File x y")
        .endsWith("…");
  }
}
