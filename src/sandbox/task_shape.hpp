// RegisterTaskDefinition's input as a shape (input.hpp), after botocore 1.43's model of ECS.
#pragma once

namespace lapstrake::sandbox {

inline constexpr const char* task_definition_shape = R"({
  "family": "s", "taskRoleArn": "s", "executionRoleArn": "s", "networkMode": "s",
  "containerDefinitions": [{
    "name": "s", "image": "s", "repositoryCredentials": {"credentialsParameter": "s"},
    "cpu": "i", "memory": "i", "memoryReservation": "i", "links": ["s"],
    "portMappings": [{"containerPort": "i", "hostPort": "i", "protocol": "s", "name": "s", "appProtocol": "s",
                      "containerPortRange": "s"}],
    "essential": "b",
    "restartPolicy": {"enabled": "b", "ignoredExitCodes": ["i"], "restartAttemptPeriod": "i"},
    "entryPoint": ["s"], "command": ["s"],
    "environment": [{"name": "s", "value": "s"}], "environmentFiles": [{"value": "s", "type": "s"}],
    "mountPoints": [{"sourceVolume": "s", "containerPath": "s", "readOnly": "b"}],
    "volumesFrom": [{"sourceContainer": "s", "readOnly": "b"}],
    "linuxParameters": {
      "capabilities": {"add": ["s"], "drop": ["s"]},
      "devices": [{"hostPath": "s", "containerPath": "s", "permissions": ["s"]}],
      "initProcessEnabled": "b", "sharedMemorySize": "i",
      "tmpfs": [{"containerPath": "s", "size": "i", "mountOptions": ["s"]}], "maxSwap": "i", "swappiness": "i"},
    "secrets": [{"name": "s", "valueFrom": "s"}], "dependsOn": [{"containerName": "s", "condition": "s"}],
    "startTimeout": "i", "stopTimeout": "i", "versionConsistency": "s", "hostname": "s", "user": "s",
    "workingDirectory": "s", "disableNetworking": "b", "privileged": "b", "readonlyRootFilesystem": "b",
    "dnsServers": ["s"], "dnsSearchDomains": ["s"], "extraHosts": [{"hostname": "s", "ipAddress": "s"}],
    "dockerSecurityOptions": ["s"], "interactive": "b", "pseudoTerminal": "b", "dockerLabels": {"*": "s"},
    "ulimits": [{"name": "s", "softLimit": "i", "hardLimit": "i"}],
    "logConfiguration": {"logDriver": "s", "options": {"*": "s"}, "secretOptions": [{"name": "s", "valueFrom": "s"}]},
    "healthCheck": {"command": ["s"], "interval": "i", "timeout": "i", "retries": "i", "startPeriod": "i"},
    "systemControls": [{"namespace": "s", "value": "s"}],
    "resourceRequirements": [{"value": "s", "type": "s"}],
    "firelensConfiguration": {"type": "s", "options": {"*": "s"}}, "credentialSpecs": ["s"]
  }],
  "volumes": [{
    "name": "s", "host": {"sourcePath": "s"},
    "dockerVolumeConfiguration": {"scope": "s", "autoprovision": "b", "driver": "s", "driverOpts": {"*": "s"},
                                  "labels": {"*": "s"}},
    "efsVolumeConfiguration": {"fileSystemId": "s", "rootDirectory": "s", "transitEncryption": "s",
                               "transitEncryptionPort": "i",
                               "authorizationConfig": {"accessPointId": "s", "iam": "s"}},
    "s3filesVolumeConfiguration": {"fileSystemArn": "s", "rootDirectory": "s", "transitEncryptionPort": "i",
                                   "accessPointArn": "s"},
    "fsxWindowsFileServerVolumeConfiguration": {"fileSystemId": "s", "rootDirectory": "s",
                                                "authorizationConfig": {"credentialsParameter": "s", "domain": "s"}},
    "configuredAtLaunch": "b"
  }],
  "placementConstraints": [{"type": "s", "expression": "s"}], "requiresCompatibilities": ["s"],
  "cpu": "s", "memory": "s", "tags": [{"key": "s", "value": "s"}], "pidMode": "s", "ipcMode": "s",
  "proxyConfiguration": {"type": "s", "containerName": "s", "properties": [{"name": "s", "value": "s"}]},
  "inferenceAccelerators": [{"deviceName": "s", "deviceType": "s"}], "ephemeralStorage": {"sizeInGiB": "i"},
  "runtimePlatform": {"cpuArchitecture": "s", "operatingSystemFamily": "s"}, "enableFaultInjection": "b"
})";

}  // namespace lapstrake::sandbox
