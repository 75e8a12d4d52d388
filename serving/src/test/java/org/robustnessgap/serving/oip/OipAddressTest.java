package org.robustnessgap.serving.oip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.robustnessgap.messages.InvalidInputException;

final class OipAddressTest {
  @Test
  void theAddressTellsProtocolPlaceModelAndVersion() {
    assertThat(OipAddress.parse("oip+http://triton:8000/v2/models/digits"))
        .isEqualTo(new OipAddress(false, false, "triton", 8000, "", "digits", null));
    assertThat(OipAddress.parse("oip+grpcs://triton:8001/v2/models/digits/versions/3"))
        .isEqualTo(new OipAddress(true, true, "triton", 8001, "", "digits", "3"));
  }

  @Test
  void aGatewaysPrefixIsKept() {
    OipAddress address = OipAddress.parse("oip+https://gateway/team/a/v2/models/m/versions/2");
    assertThat(address.http()).hasToString("https://gateway/team/a/v2/models/m/versions/2");
    assertThat(address.server()).hasToString("https://gateway/team/a/v2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "oip+http://host:8000/v2/models/",
        "oip+http://host:8000/models/m",
        "oip+http:///v2/models/m",
        "oip+ftp://host/v2/models/m",
        "oip+http://host/v2/models/m/versions/1/2",
        "oip+http://ho st/v2/models/m"
      })
  void whatIsNoSuchAddressIsRefusedWithItsForm(String location) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> OipAddress.parse(location))
        .withMessageContaining("the form oip+http://HOST:PORT/v2/models/MODEL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "oip+http://me:hunter2@host/v2/models/m",
        "oip+http://host/v2/models/m?token=hunter2",
        "oip+http://host/v2/models/m#hunter2",
        // Those that do not parse.
        "oip+http://me:hunter2@ho_st/v2/models/m",
        "oip+http://me:hunter2 @host/v2/models/m"
      })
  void credentialsInAnAddressAreRefusedAndNotRepeated(String location) {
    assertThatExceptionOfType(InvalidInputException.class)
        .isThrownBy(() -> OipAddress.parse(location))
        .withMessageContaining("credentials")
        .withMessageNotContaining("hunter2");
  }
}
