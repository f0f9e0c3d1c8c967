// Made by scripts/ecs-model.py from the model of ECS (API version 2014-11-13) in
// botocore 1.44.8, which is licensed under the Apache License 2.0: facts of its shapes, none of its text.
// Do not edit: run the script with a newer botocore.
#include <array>
#include <lapstrake/aws/ecs/model.hpp>

namespace lapstrake::aws {
namespace {

using Kind = ModelShape::Kind;

constexpr std::string_view values_NetworkMode[]{"bridge", "host", "awsvpc", "none"};
constexpr ModelMember members_RepositoryCredentials[]{{"credentialsParameter", 0, true}};
constexpr std::string_view values_TransportProtocol[]{"tcp", "udp"};
constexpr std::string_view values_ApplicationProtocol[]{"http", "http2", "grpc"};
constexpr ModelMember members_PortMapping[]{{"containerPort", 4}, {"hostPort", 4},    {"protocol", 6},
                                            {"name", 0},          {"appProtocol", 7}, {"containerPortRange", 0}};
constexpr ModelMember members_ContainerRestartPolicy[]{
    {"enabled", 10, true}, {"ignoredExitCodes", 11}, {"restartAttemptPeriod", 4}};
constexpr ModelMember members_KeyValuePair[]{{"name", 0}, {"value", 0}};
constexpr std::string_view values_EnvironmentFileType[]{"s3"};
constexpr ModelMember members_EnvironmentFile[]{{"value", 0, true}, {"type", 15, true}};
constexpr ModelMember members_MountPoint[]{{"sourceVolume", 0}, {"containerPath", 0}, {"readOnly", 10}};
constexpr ModelMember members_VolumeFrom[]{{"sourceContainer", 0}, {"readOnly", 10}};
constexpr ModelMember members_KernelCapabilities[]{{"add", 5}, {"drop", 5}};
constexpr std::string_view values_DeviceCgroupPermission[]{"read", "write", "mknod"};
constexpr ModelMember members_Device[]{{"hostPath", 0, true}, {"containerPath", 0}, {"permissions", 24}};
constexpr ModelMember members_Tmpfs[]{{"containerPath", 0, true}, {"size", 3, true}, {"mountOptions", 5}};
constexpr ModelMember members_LinuxParameters[]{{"capabilities", 22},    {"devices", 26}, {"initProcessEnabled", 10},
                                                {"sharedMemorySize", 4}, {"tmpfs", 28},   {"maxSwap", 4},
                                                {"swappiness", 4}};
constexpr ModelMember members_Secret[]{{"name", 0, true}, {"valueFrom", 0, true}};
constexpr std::string_view values_ContainerCondition[]{"START", "COMPLETE", "SUCCESS", "HEALTHY"};
constexpr ModelMember members_ContainerDependency[]{{"containerName", 0, true}, {"condition", 32, true}};
constexpr std::string_view values_VersionConsistency[]{"enabled", "disabled"};
constexpr ModelMember members_HostEntry[]{{"hostname", 0, true}, {"ipAddress", 0, true}};
constexpr std::string_view values_UlimitName[]{"core",    "cpu",      "data",   "fsize",      "locks",
                                               "memlock", "msgqueue", "nice",   "nofile",     "nproc",
                                               "rss",     "rtprio",   "rttime", "sigpending", "stack"};
constexpr ModelMember members_Ulimit[]{{"name", 39, true}, {"softLimit", 3, true}, {"hardLimit", 3, true}};
constexpr std::string_view values_LogDriver[]{"json-file", "syslog",  "journald", "gelf",
                                              "fluentd",   "awslogs", "splunk",   "awsfirelens"};
constexpr ModelMember members_LogConfiguration[]{{"logDriver", 42, true}, {"options", 43}, {"secretOptions", 31}};
constexpr ModelMember members_HealthCheck[]{
    {"command", 5, true}, {"interval", 4}, {"timeout", 4}, {"retries", 4}, {"startPeriod", 4}};
constexpr ModelMember members_SystemControl[]{{"namespace", 0}, {"value", 0}};
constexpr std::string_view values_ResourceType[]{"GPU", "InferenceAccelerator", "NeuronDevice"};
constexpr ModelMember members_NvidiaMpsAllocation[]{{"memory", 49, true}, {"maxComputePercent", 50}};
constexpr ModelMember members_SharingStrategy[]{{"nvidiaMps", 51}};
constexpr ModelMember members_ResourceRequirement[]{{"value", 0}, {"type", 48, true}, {"sharingStrategy", 52}};
constexpr std::string_view values_FirelensConfigurationType[]{"fluentd", "fluentbit"};
constexpr ModelMember members_FirelensConfiguration[]{{"type", 55, true}, {"options", 56}};
constexpr ModelMember members_ContainerDefinition[]{{"name", 0},
                                                    {"image", 0},
                                                    {"repositoryCredentials", 2},
                                                    {"cpu", 3},
                                                    {"memory", 4},
                                                    {"memoryReservation", 4},
                                                    {"links", 5},
                                                    {"portMappings", 9},
                                                    {"essential", 10},
                                                    {"restartPolicy", 12},
                                                    {"entryPoint", 5},
                                                    {"command", 5},
                                                    {"environment", 14},
                                                    {"environmentFiles", 17},
                                                    {"mountPoints", 19},
                                                    {"volumesFrom", 21},
                                                    {"linuxParameters", 29},
                                                    {"secrets", 31},
                                                    {"dependsOn", 34},
                                                    {"startTimeout", 4},
                                                    {"stopTimeout", 4},
                                                    {"versionConsistency", 35},
                                                    {"hostname", 0},
                                                    {"user", 0},
                                                    {"workingDirectory", 0},
                                                    {"disableNetworking", 10},
                                                    {"privileged", 10},
                                                    {"readonlyRootFilesystem", 10},
                                                    {"dnsServers", 5},
                                                    {"dnsSearchDomains", 5},
                                                    {"extraHosts", 37},
                                                    {"dockerSecurityOptions", 5},
                                                    {"interactive", 10},
                                                    {"pseudoTerminal", 10},
                                                    {"dockerLabels", 38},
                                                    {"ulimits", 41},
                                                    {"logConfiguration", 44},
                                                    {"healthCheck", 45},
                                                    {"systemControls", 47},
                                                    {"resourceRequirements", 54},
                                                    {"firelensConfiguration", 57},
                                                    {"credentialSpecs", 5}};
constexpr ModelMember members_HostVolumeProperties[]{{"sourcePath", 0}};
constexpr std::string_view values_Scope[]{"task", "shared"};
constexpr ModelMember members_DockerVolumeConfiguration[]{
    {"scope", 61}, {"autoprovision", 10}, {"driver", 0}, {"driverOpts", 62}, {"labels", 62}};
constexpr std::string_view values_EFSTransitEncryption[]{"ENABLED", "DISABLED"};
constexpr std::string_view values_EFSAuthorizationConfigIAM[]{"ENABLED", "DISABLED"};
constexpr ModelMember members_EFSAuthorizationConfig[]{{"accessPointId", 0}, {"iam", 65}};
constexpr ModelMember members_EFSVolumeConfiguration[]{{"fileSystemId", 0, true},
                                                       {"rootDirectory", 0},
                                                       {"transitEncryption", 64},
                                                       {"transitEncryptionPort", 4},
                                                       {"authorizationConfig", 66}};
constexpr ModelMember members_S3FilesVolumeConfiguration[]{
    {"fileSystemArn", 0, true}, {"rootDirectory", 0}, {"transitEncryptionPort", 4}, {"accessPointArn", 0}};
constexpr ModelMember members_FSxWindowsFileServerAuthorizationConfig[]{{"credentialsParameter", 0, true},
                                                                        {"domain", 0, true}};
constexpr ModelMember members_FSxWindowsFileServerVolumeConfiguration[]{
    {"fileSystemId", 0, true}, {"rootDirectory", 0, true}, {"authorizationConfig", 69, true}};
constexpr ModelMember members_Volume[]{{"name", 0},
                                       {"host", 60},
                                       {"dockerVolumeConfiguration", 63},
                                       {"efsVolumeConfiguration", 67},
                                       {"s3filesVolumeConfiguration", 68},
                                       {"fsxWindowsFileServerVolumeConfiguration", 70},
                                       {"configuredAtLaunch", 10}};
constexpr std::string_view values_TaskDefinitionPlacementConstraintType[]{"memberOf"};
constexpr ModelMember members_TaskDefinitionPlacementConstraint[]{{"type", 73}, {"expression", 0}};
constexpr std::string_view values_Compatibility[]{"EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"};
constexpr ModelMember members_Tag[]{{"key", 78}, {"value", 79}};
constexpr std::string_view values_PidMode[]{"host", "task"};
constexpr std::string_view values_IpcMode[]{"host", "task", "none"};
constexpr std::string_view values_ProxyConfigurationType[]{"APPMESH"};
constexpr ModelMember members_ProxyConfiguration[]{{"type", 84}, {"containerName", 0, true}, {"properties", 85}};
constexpr ModelMember members_InferenceAccelerator[]{{"deviceName", 0, true}, {"deviceType", 0, true}};
constexpr ModelMember members_EphemeralStorage[]{{"sizeInGiB", 3, true}};
constexpr std::string_view values_CPUArchitecture[]{"X86_64", "ARM64"};
constexpr std::string_view values_OSFamily[]{"WINDOWS_SERVER_2019_FULL", "WINDOWS_SERVER_2019_CORE",
                                             "WINDOWS_SERVER_2016_FULL", "WINDOWS_SERVER_2004_CORE",
                                             "WINDOWS_SERVER_2022_CORE", "WINDOWS_SERVER_2022_FULL",
                                             "WINDOWS_SERVER_2025_CORE", "WINDOWS_SERVER_2025_FULL",
                                             "WINDOWS_SERVER_20H2_CORE", "LINUX"};
constexpr ModelMember members_RuntimePlatform[]{{"cpuArchitecture", 90}, {"operatingSystemFamily", 91}};
constexpr std::string_view values_IsolationMode[]{"SHARED", "ISOLATED_SANDBOX", "CONFIDENTIAL_SANDBOX"};
constexpr ModelMember members_TrustedExecutionConfiguration[]{{"isolationMode", 93, true}, {"attestationPolicy", 0}};
constexpr ModelMember members_RegisterTaskDefinitionRequest[]{{"family", 0, true},
                                                              {"taskRoleArn", 0},
                                                              {"executionRoleArn", 0},
                                                              {"networkMode", 1},
                                                              {"containerDefinitions", 59, true},
                                                              {"volumes", 72},
                                                              {"placementConstraints", 75},
                                                              {"requiresCompatibilities", 77},
                                                              {"cpu", 0},
                                                              {"memory", 0},
                                                              {"tags", 81},
                                                              {"pidMode", 82},
                                                              {"ipcMode", 83},
                                                              {"proxyConfiguration", 86},
                                                              {"inferenceAccelerators", 88},
                                                              {"ephemeralStorage", 89},
                                                              {"runtimePlatform", 92},
                                                              {"enableFaultInjection", 10},
                                                              {"trustedExecutionConfiguration", 94}};

constexpr std::array<ModelShape, 96> shapes{{
    /* 0 String */ {.kind = Kind::text},
    /* 1 NetworkMode */ {.kind = Kind::text, .values = values_NetworkMode},
    /* 2 RepositoryCredentials */ {.kind = Kind::structure, .members = members_RepositoryCredentials},
    /* 3 Integer */ {.kind = Kind::integer},
    /* 4 BoxedInteger */ {.kind = Kind::integer},
    /* 5 StringList */ {.kind = Kind::list, .element = 0},
    /* 6 TransportProtocol */ {.kind = Kind::text, .values = values_TransportProtocol},
    /* 7 ApplicationProtocol */ {.kind = Kind::text, .values = values_ApplicationProtocol},
    /* 8 PortMapping */ {.kind = Kind::structure, .members = members_PortMapping},
    /* 9 PortMappingList */ {.kind = Kind::list, .element = 8},
    /* 10 BoxedBoolean */ {.kind = Kind::boolean},
    /* 11 IntegerList */ {.kind = Kind::list, .element = 4},
    /* 12 ContainerRestartPolicy */ {.kind = Kind::structure, .members = members_ContainerRestartPolicy},
    /* 13 KeyValuePair */ {.kind = Kind::structure, .members = members_KeyValuePair},
    /* 14 EnvironmentVariables */ {.kind = Kind::list, .element = 13},
    /* 15 EnvironmentFileType */ {.kind = Kind::text, .values = values_EnvironmentFileType},
    /* 16 EnvironmentFile */ {.kind = Kind::structure, .members = members_EnvironmentFile},
    /* 17 EnvironmentFiles */ {.kind = Kind::list, .element = 16},
    /* 18 MountPoint */ {.kind = Kind::structure, .members = members_MountPoint},
    /* 19 MountPointList */ {.kind = Kind::list, .element = 18},
    /* 20 VolumeFrom */ {.kind = Kind::structure, .members = members_VolumeFrom},
    /* 21 VolumeFromList */ {.kind = Kind::list, .element = 20},
    /* 22 KernelCapabilities */ {.kind = Kind::structure, .members = members_KernelCapabilities},
    /* 23 DeviceCgroupPermission */ {.kind = Kind::text, .values = values_DeviceCgroupPermission},
    /* 24 DeviceCgroupPermissions */ {.kind = Kind::list, .element = 23},
    /* 25 Device */ {.kind = Kind::structure, .members = members_Device},
    /* 26 DevicesList */ {.kind = Kind::list, .element = 25},
    /* 27 Tmpfs */ {.kind = Kind::structure, .members = members_Tmpfs},
    /* 28 TmpfsList */ {.kind = Kind::list, .element = 27},
    /* 29 LinuxParameters */ {.kind = Kind::structure, .members = members_LinuxParameters},
    /* 30 Secret */ {.kind = Kind::structure, .members = members_Secret},
    /* 31 SecretList */ {.kind = Kind::list, .element = 30},
    /* 32 ContainerCondition */ {.kind = Kind::text, .values = values_ContainerCondition},
    /* 33 ContainerDependency */ {.kind = Kind::structure, .members = members_ContainerDependency},
    /* 34 ContainerDependencies */ {.kind = Kind::list, .element = 33},
    /* 35 VersionConsistency */ {.kind = Kind::text, .values = values_VersionConsistency},
    /* 36 HostEntry */ {.kind = Kind::structure, .members = members_HostEntry},
    /* 37 HostEntryList */ {.kind = Kind::list, .element = 36},
    /* 38 DockerLabelsMap */ {.kind = Kind::map, .element = 0},
    /* 39 UlimitName */ {.kind = Kind::text, .values = values_UlimitName},
    /* 40 Ulimit */ {.kind = Kind::structure, .members = members_Ulimit},
    /* 41 UlimitList */ {.kind = Kind::list, .element = 40},
    /* 42 LogDriver */ {.kind = Kind::text, .values = values_LogDriver},
    /* 43 LogConfigurationOptionsMap */ {.kind = Kind::map, .element = 0},
    /* 44 LogConfiguration */ {.kind = Kind::structure, .members = members_LogConfiguration},
    /* 45 HealthCheck */ {.kind = Kind::structure, .members = members_HealthCheck},
    /* 46 SystemControl */ {.kind = Kind::structure, .members = members_SystemControl},
    /* 47 SystemControls */ {.kind = Kind::list, .element = 46},
    /* 48 ResourceType */ {.kind = Kind::text, .values = values_ResourceType},
    /* 49 NvidiaMpsAllocationMemoryInteger */ {.kind = Kind::integer, .least = 1},
    /* 50 NvidiaMpsAllocationMaxComputePercentInteger */ {.kind = Kind::integer, .least = 1, .most = 100},
    /* 51 NvidiaMpsAllocation */ {.kind = Kind::structure, .members = members_NvidiaMpsAllocation},
    /* 52 SharingStrategy */ {.kind = Kind::choice, .members = members_SharingStrategy},
    /* 53 ResourceRequirement */ {.kind = Kind::structure, .members = members_ResourceRequirement},
    /* 54 ResourceRequirements */ {.kind = Kind::list, .element = 53},
    /* 55 FirelensConfigurationType */ {.kind = Kind::text, .values = values_FirelensConfigurationType},
    /* 56 FirelensConfigurationOptionsMap */ {.kind = Kind::map, .element = 0},
    /* 57 FirelensConfiguration */ {.kind = Kind::structure, .members = members_FirelensConfiguration},
    /* 58 ContainerDefinition */ {.kind = Kind::structure, .members = members_ContainerDefinition},
    /* 59 ContainerDefinitions */ {.kind = Kind::list, .element = 58},
    /* 60 HostVolumeProperties */ {.kind = Kind::structure, .members = members_HostVolumeProperties},
    /* 61 Scope */ {.kind = Kind::text, .values = values_Scope},
    /* 62 StringMap */ {.kind = Kind::map, .element = 0},
    /* 63 DockerVolumeConfiguration */ {.kind = Kind::structure, .members = members_DockerVolumeConfiguration},
    /* 64 EFSTransitEncryption */ {.kind = Kind::text, .values = values_EFSTransitEncryption},
    /* 65 EFSAuthorizationConfigIAM */ {.kind = Kind::text, .values = values_EFSAuthorizationConfigIAM},
    /* 66 EFSAuthorizationConfig */ {.kind = Kind::structure, .members = members_EFSAuthorizationConfig},
    /* 67 EFSVolumeConfiguration */ {.kind = Kind::structure, .members = members_EFSVolumeConfiguration},
    /* 68 S3FilesVolumeConfiguration */ {.kind = Kind::structure, .members = members_S3FilesVolumeConfiguration},
    /* 69 FSxWindowsFileServerAuthorizationConfig */
    {.kind = Kind::structure, .members = members_FSxWindowsFileServerAuthorizationConfig},
    /* 70 FSxWindowsFileServerVolumeConfiguration */
    {.kind = Kind::structure, .members = members_FSxWindowsFileServerVolumeConfiguration},
    /* 71 Volume */ {.kind = Kind::structure, .members = members_Volume},
    /* 72 VolumeList */ {.kind = Kind::list, .element = 71},
    /* 73 TaskDefinitionPlacementConstraintType */
    {.kind = Kind::text, .values = values_TaskDefinitionPlacementConstraintType},
    /* 74 TaskDefinitionPlacementConstraint */
    {.kind = Kind::structure, .members = members_TaskDefinitionPlacementConstraint},
    /* 75 TaskDefinitionPlacementConstraints */ {.kind = Kind::list, .element = 74},
    /* 76 Compatibility */ {.kind = Kind::text, .values = values_Compatibility},
    /* 77 CompatibilityList */ {.kind = Kind::list, .element = 76},
    /* 78 TagKey */
    {.kind = Kind::text,
     .least = 1,
     .most = 128,
     .ascii = " +-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"},
    /* 79 TagValue */
    {.kind = Kind::text,
     .most = 256,
     .ascii = " +-./0123456789:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"},
    /* 80 Tag */ {.kind = Kind::structure, .members = members_Tag},
    /* 81 Tags */ {.kind = Kind::list, .element = 80, .most = 50},
    /* 82 PidMode */ {.kind = Kind::text, .values = values_PidMode},
    /* 83 IpcMode */ {.kind = Kind::text, .values = values_IpcMode},
    /* 84 ProxyConfigurationType */ {.kind = Kind::text, .values = values_ProxyConfigurationType},
    /* 85 ProxyConfigurationProperties */ {.kind = Kind::list, .element = 13},
    /* 86 ProxyConfiguration */ {.kind = Kind::structure, .members = members_ProxyConfiguration},
    /* 87 InferenceAccelerator */ {.kind = Kind::structure, .members = members_InferenceAccelerator},
    /* 88 InferenceAccelerators */ {.kind = Kind::list, .element = 87},
    /* 89 EphemeralStorage */ {.kind = Kind::structure, .members = members_EphemeralStorage},
    /* 90 CPUArchitecture */ {.kind = Kind::text, .values = values_CPUArchitecture},
    /* 91 OSFamily */ {.kind = Kind::text, .values = values_OSFamily},
    /* 92 RuntimePlatform */ {.kind = Kind::structure, .members = members_RuntimePlatform},
    /* 93 IsolationMode */ {.kind = Kind::text, .values = values_IsolationMode},
    /* 94 TrustedExecutionConfiguration */ {.kind = Kind::structure, .members = members_TrustedExecutionConfiguration},
    /* 95 RegisterTaskDefinitionRequest */ {.kind = Kind::structure, .members = members_RegisterTaskDefinitionRequest},
}};

}  // namespace

std::span<const ModelShape> model_shapes() { return shapes; }
const ModelShape& register_task_definition_shape() { return shapes.back(); }

}  // namespace lapstrake::aws
