package org.robustnessgap.serving.mlflow;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.robustnessgap.attack.query.ServerUnavailableException;
import org.robustnessgap.messages.InvalidInputException;
import org.robustnessgap.messages.ModelIdentity;
import org.robustnessgap.serving.call.CallFailure;
import org.robustnessgap.serving.call.Credentials;
import org.robustnessgap.serving.call.Deadlines;
import org.robustnessgap.serving.call.HttpCalls;
import org.robustnessgap.serving.call.PatientCalls;
import org.robustnessgap.serving.call.ServerUri;
import org.robustnessgap.serving.call.Timer;

/**
 * A registry of MLflow, from which ONNX models are fetched into a folder. Several processes may
 * share the folder: a model appears in it whole or not at all. For one thread at a time.
 */
public final class MlflowRegistry {
  private final String tracking;
  private final RegistryCalls registry;
  private final ModelFolder folder;
  private final Timer timer;

  /**
   * @param tracking address of the tracking server, as MLFLOW_TRACKING_URI
   * @param credentials headers that it wants
   * @param cache folder for what is fetched; it is made if it is missing
   * @throws InvalidInputException if the address is none
   */
  public MlflowRegistry(
      String tracking, Credentials credentials, Deadlines deadlines, Path cache, Timer timer) {
    URI address = ServerUri.parse(tracking, "http://HOST:PORT");
    if (!String.valueOf(address.getScheme()).matches("https?")) {
      throw new InvalidInputException(
          "MLFLOW_TRACKING_URI is " + tracking + ", but the registry is asked over http or https.");
    }
    this.tracking = tracking;
    this.registry = new RegistryCalls(address, new HttpCalls(credentials, deadlines));
    this.folder = new ModelFolder(cache);
    this.timer = timer;
  }

  /**
   * The ONNX file of a registered model, fetched unless it was before.
   *
   * @param location {@code models:/name@alias} or {@code models:/name/version}
   * @throws InvalidInputException if there is no such model, or no ONNX file of it
   * @throws ServerUnavailableException if the registry does not answer now, but may later
   */
  public FetchedModel fetch(String location) {
    RegistryAddress address = RegistryAddress.parse(location);
    return asking(
        location,
        () -> {
          RegisteredVersion version = registry.version(address);
          Optional<FetchedModel> before = folder.find(version);
          return before.isPresent() ? before.get() : folder.add(location, version, registry);
        });
  }

  /**
   * The version that an address means now.
   *
   * @throws InvalidInputException if there is no such model
   * @throws ServerUnavailableException if the registry does not answer now, but may later
   */
  public String version(String location) {
    RegistryAddress address = RegistryAddress.parse(location);
    return asking(location, () -> registry.version(address).version());
  }

  /** Whether an address means another version than the one that was fetched. */
  public boolean changedSince(String location, ModelIdentity fetched) {
    return !version(location).equals(fetched.version());
  }

  private <T> T asking(String location, PatientCalls.Call<T> call) {
    String what = location + " of the registry " + tracking;
    try {
      // Each time anew: who asks is what waits.
      return new PatientCalls(what, null, timer).send(call);
    } catch (CallFailure e) {
      throw new InvalidInputException(
          what
              + " cannot be fetched: "
              + e.getMessage()
              + "; name a model, and an alias or a version of it, that the registry has.",
          e);
    }
  }
}
