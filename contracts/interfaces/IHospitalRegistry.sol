// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A committee member's BabyJubJub key: an affine point of the prime-order subgroup, not the identity.
struct ShareKey {
    uint256 x;
    uint256 y;
}

/// @notice What a hospital is committed to train on in one study; `registeredAt` 0 means no commitment.
/// @param root Merkle root over batches, below the field order
/// @param sampleCount `batchCount` times the study's batch size, at most the profile's sum of a whole round
/// @param batchCount 1 to 2^datasetDepth
/// @param registeredAt Block of the commitment; it counts only for rounds opened in a LATER block
struct Dataset {
    uint256 root;
    uint32 sampleCount;
    uint32 batchCount;
    uint64 registeredAt;
}

/// @title Who takes part, with which data and which share keys
/// @notice The owner (the consortium's coordinator) admits and removes; hospitals and members register their own data and keys.
/// A hospital and a committee member are separate roles, which one address may both have.
/// State from events: a hospital is admitted from {HospitalAdmitted} to {HospitalRemoved}, which also ends all its data set
/// commitments; a member from {MemberAdmitted} to {MemberRemoved}, which also ends its share key. Later {ShareKeyRegistered} and
/// {DatasetCommitted} events replace earlier ones of the same member, or the same study and hospital.
interface IHospitalRegistry {
    /// @notice A hospital may commit data and submit updates from now on.
    event HospitalAdmitted(address indexed hospital);

    /// @notice A hospital lost its admission and with it every data set commitment. Updates already accepted stay.
    event HospitalRemoved(address indexed hospital);

    /// @notice A hospital was removed by the round manager, because its update was shown to be inconsistent.
    /// Follows its {HospitalRemoved}. Only the owner's explicit {readmitHospital} lifts it.
    event HospitalBarred(address indexed hospital);

    /// @notice The owner lifted the bar on a hospital; its {HospitalAdmitted} follows.
    event HospitalBarLifted(address indexed hospital);

    /// @notice An address may register a share key and sit on committees of rounds opened from now on.
    event MemberAdmitted(address indexed member);

    /// @notice A member was removed. Rounds it already sits on keep it: they took a snapshot.
    event MemberRemoved(address indexed member);

    /// @notice A member registered or replaced its share key; for rounds opened from now on.
    /// @param member The committee member
    /// @param x Affine x coordinate, below the field order
    /// @param y Affine y coordinate, below the field order
    event ShareKeyRegistered(address indexed member, uint256 x, uint256 y);

    /// @notice A hospital committed to its data for a study, or replaced the commitment.
    /// @param studyId The study
    /// @param hospital The hospital
    /// @param root Merkle root over batches, docs/PROTOCOL.md section 1
    /// @param sampleCount Samples in the data set
    /// @param batchCount Batches in the data set
    /// @param registeredAt The event's own block number
    event DatasetCommitted(
        uint256 indexed studyId,
        address indexed hospital,
        uint256 root,
        uint32 sampleCount,
        uint32 batchCount,
        uint64 registeredAt
    );

    /// @notice The one contract that may bar hospitals was set, once for ever.
    event RoundManagerSet(address indexed roundManager);

    /// @notice Thrown when a required address is zero.
    error HospitalRegistry__ZeroAddress();
    /// @notice Thrown when a hospital that must not be admitted yet is.
    error HospitalRegistry__AlreadyHospital(address hospital);
    /// @notice Thrown when the address is no admitted hospital.
    error HospitalRegistry__NotHospital(address hospital);
    /// @notice Thrown when a barred hospital is admitted without lifting the bar.
    error HospitalRegistry__Barred(address hospital);
    /// @notice Thrown when readmitting a hospital that is not barred.
    error HospitalRegistry__NotBarred(address hospital);
    /// @notice Thrown when a member that must not be admitted yet is.
    error HospitalRegistry__AlreadyMember(address member);
    /// @notice Thrown when the address is no admitted committee member.
    error HospitalRegistry__NotMember(address member);
    /// @notice Thrown when a value that must be a canonical field element is not below the field order.
    error HospitalRegistry__NotFieldElement(uint256 value);
    /// @notice Thrown when the witness point Q is not on BabyJubJub.
    error HospitalRegistry__PointNotOnCurve(uint256 qx, uint256 qy);
    /// @notice Thrown when the share key is not 8 Q, so is not shown to lie in the prime-order subgroup.
    error HospitalRegistry__KeyNotEightQ(uint256 x, uint256 y);
    /// @notice Thrown when the share key is the identity point.
    error HospitalRegistry__KeyIsIdentity();
    /// @notice Thrown when the share key is another admitted member's.
    error HospitalRegistry__ShareKeyTaken(address member, uint256 x, uint256 y);
    /// @notice Thrown when the batch count is zero or does not fit the study's tree.
    error HospitalRegistry__BatchCount(uint256 batchCount, uint256 most);
    /// @notice Thrown when the sample count is not batchCount times the study's batch size.
    error HospitalRegistry__SampleCount(uint256 sampleCount, uint256 required);
    /// @notice Thrown when the data set has fewer samples than the study wants of each hospital.
    error HospitalRegistry__TooFewSamples(uint256 sampleCount, uint256 least);
    /// @notice Thrown when the data set has fewer batches than the study wants of each hospital.
    error HospitalRegistry__TooFewBatches(uint256 batchCount, uint256 least);
    /// @notice Thrown when one data set alone would exceed the sum of samples that a round may have.
    error HospitalRegistry__TooManySamples(uint256 sampleCount, uint256 most);
    /// @notice Thrown when the round manager is already set.
    error HospitalRegistry__RoundManagerAlreadySet(address roundManager);
    /// @notice Thrown when a caller other than the round manager calls a function reserved to it.
    error HospitalRegistry__NotRoundManager(address caller);

    /// @notice Admits a hospital. Owner only.
    /// @param hospital Its wallet
    function admitHospital(address hospital) external;

    /// @notice Removes a hospital and with it all its data set commitments, at the same cost however many they are. Owner only.
    /// @param hospital Its wallet
    function removeHospital(address hospital) external;

    /// @notice Lifts the bar on a hospital and admits it again. Owner only.
    /// @param hospital Its wallet
    function readmitHospital(address hospital) external;

    /// @notice Removes a hospital whose update was shown to be inconsistent, and bars it. Round manager only.
    /// @param hospital Its wallet; an address that is no hospital any more is only barred
    function barHospital(address hospital) external;

    /// @notice Admits a committee member. Owner only.
    /// @param member Its wallet
    function admitMember(address member) external;

    /// @notice Removes a committee member and its share key. Owner only.
    /// @param member Its wallet
    function removeMember(address member) external;

    /// @notice Registers or replaces the caller's share key. Open rounds keep the key they took at opening. No two admitted members have
    /// the same key: the first keeps it until it registers another or is removed.
    /// @param x Key, affine x
    /// @param y Key, affine y
    /// @param qx A point Q on the curve with 8 Q = (x, y): shows that the key lies in the prime-order subgroup
    /// @param qy Q, affine y
    function registerShareKey(uint256 x, uint256 y, uint256 qx, uint256 qy) external;

    /// @notice Commits the calling hospital to its data for a study, or replaces the commitment.
    /// @param studyId The study
    /// @param root Merkle root over batches
    /// @param sampleCount Number of samples
    /// @param batchCount Number of batches
    function commitDataset(uint256 studyId, uint256 root, uint32 sampleCount, uint32 batchCount) external;

    /// @notice Names the round manager. Owner only, once.
    /// @param roundManager The contract
    function setRoundManager(address roundManager) external;

    /// @notice True for an admitted hospital.
    function isHospital(address account) external view returns (bool);

    /// @notice True for a hospital that the round manager barred.
    function isBarred(address account) external view returns (bool);

    /// @notice True for an admitted committee member.
    function isMember(address account) external view returns (bool);

    /// @notice The member's share key; (0, 0), which is not on the curve, when it has none.
    function shareKeyOf(address member) external view returns (ShareKey memory);

    /// @notice The hospital's commitment in a study; all zero when it has none.
    function datasetOf(uint256 studyId, address hospital) external view returns (Dataset memory);

    /// @notice Number of admitted hospitals that have a data set commitment in the study.
    function committedHospitals(uint256 studyId) external view returns (uint256);

    /// @notice Number of those whose commitment is of an earlier block than this call's: they can submit in a round opened now.
    function eligibleHospitals(uint256 studyId) external view returns (uint256);
}
